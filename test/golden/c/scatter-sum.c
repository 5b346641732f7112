int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  int32_t *p1;
  float *p2;
  int32_t *p3;
  float *p4;
  int32_t v5;
  float v6;
  int32_t v7;
  ptrdiff_t d8;
  float v9;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p1 = (int32_t *)(base + *(uint32_t *)((char *)table + args[1]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p3 = p1;
  p4 = p2;
  for (uint32_t i1 = 0; i1 < 10; i1++) {
    v6 = p4[0];
    v7 = p3[0];
    if (!((uint32_t)v7 < 5u)) { table[0] = (uint32_t)v7; return 1; }
    d8 = (ptrdiff_t)v7 * 1;
    v9 = p0[d8];
    p0[d8] = (v9 + v6);
    p3 += 1;
    p4 += 1;
  }
  return 0;
}
