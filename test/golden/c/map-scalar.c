int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  float *p1;
  float *p2;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p0[0] = (p1[0] + p2[0]);
  return 0;
}
