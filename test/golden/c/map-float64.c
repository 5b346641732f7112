int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  double *p0;
  double *p1;
  double *p2;
  p0 = (double *)(base + *(uint32_t *)((char *)table + args[2]));
  p1 = (double *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (double *)(base + *(uint32_t *)((char *)table + args[1]));
  store_f64x4(&p0[0], (*(f64x4_at *)&p1[0] + *(f64x4_at *)&p2[0]), 4);
  store_f64x4(&p0[4], (*(f64x4_at *)&p1[4] + *(f64x4_at *)&p2[4]), 1);
  return 0;
}
