int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  float *p1;
  float *p2;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  store_f32x8(&p0[0], (*(f32x8_at *)&p1[0] + *(f32x8_at *)&p2[0]), 8);
  store_f32x8(&p0[8], (*(f32x8_at *)&p1[8] + *(f32x8_at *)&p2[8]), 2);
  return 0;
}
