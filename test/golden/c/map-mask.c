int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  float *p0;
  uint8_t *p1;
  float *p2;
  float *p3;
  uint8_t *p4;
  float *p5;
  int32_t v6;
  float v7;
  uint8_t v8;
  float v9;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (uint8_t *)(base + *(uint32_t *)((char *)table + args[2]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p3 = p0;
  p4 = p1;
  p5 = p2;
  for (uint32_t i1 = 0; i1 < 7; i1++) {
    v7 = p5[0];
    v8 = (v7 <= 0.0f);
    v9 = (v8 ? 0.0f : v7);
    p3[0] = v9;
    p4[0] = v8;
    p3 += 1;
    p4 += 1;
    p5 += 1;
  }
  return 0;
}
