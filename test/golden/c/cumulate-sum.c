int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  float *p1;
  float v2;
  float *p3;
  float *p4;
  int32_t v5;
  float v6;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  v2 = 0.0f;
  p3 = p0;
  p4 = p1;
  for (uint32_t i1 = 0; i1 < 10; i1++) {
    v6 = (v2 + p4[0]);
    p3[0] = v6;
    v2 = v6;
    p3 += 1;
    p4 += 1;
  }
  return 0;
}
