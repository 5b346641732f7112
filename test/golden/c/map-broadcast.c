int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  float *p0;
  float *p1;
  float *p2;
  float *p3;
  float *p4;
  int32_t v5;
  float *p6;
  float *p7;
  float *p8;
  int32_t v9;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p3 = p0;
  p4 = p1;
  for (uint32_t i1 = 0; i1 < 20; i1++) {
    p6 = p3;
    p7 = p4;
    p8 = p2;
    for (uint32_t i2 = 0; i2 < 30; i2++) {
      p6[0] = (p7[0] + p8[0]);
      p6 += 1;
      p7 += 1;
      p8 += 1;
    }
    p3 += 30;
    p4 += 30;
  }
  return 0;
}
