int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  double *p1;
  float *p2;
  float v3;
  f32x8 v4;
  float *p5;
  float *p6;
  int32_t v7;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p1 = (double *)(base + *(uint32_t *)((char *)table + args[2]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  v3 = (float)p1[0];
  v4 = splat_f32x8(v3);
  p5 = p0;
  p6 = p2;
  for (uint32_t i1 = 0; i1 < 125; i1++) {
    store_f32x8(&p5[0], (*(f32x8_at *)&p5[0] - (*(f32x8_at *)&p6[0] * v4)), 8);
    p5 += 8;
    p6 += 8;
  }
  return 0;
}
