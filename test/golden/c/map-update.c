int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  float *p0;
  double *p1;
  float *p2;
  float v3;
  float *p4;
  float *p5;
  int32_t v6;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p1 = (double *)(base + *(uint32_t *)((char *)table + args[2]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  v3 = (float)p1[0];
  p4 = p0;
  p5 = p2;
  for (uint32_t i1 = 0; i1 < 1000; i1++) {
    p4[0] = (p4[0] - (p5[0] * v3));
    p4 += 1;
    p5 += 1;
  }
  return 0;
}
