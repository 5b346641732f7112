int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  int32_t *p1;
  float *p2;
  float *p3;
  int32_t *p4;
  int32_t v5;
  int32_t v6;
  ptrdiff_t d7;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p1 = (int32_t *)(base + *(uint32_t *)((char *)table + args[1]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p3 = p0;
  p4 = p1;
  for (uint32_t i1 = 0; i1 < 3; i1++) {
    v6 = p4[0];
    if (!((uint32_t)v6 < 10u)) { table[0] = (uint32_t)v6; return 1; }
    d7 = (ptrdiff_t)v6 * 8;
    store_f32x8(&p3[0], *(f32x8_at *)&p2[d7], 8);
    p3 += 8;
    p4 += 1;
  }
  return 0;
}
