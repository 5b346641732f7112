int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  float *p1;
  float *p2;
  float *p3;
  int32_t v4;
  float v5;
  double v6;
  f32x8 v7;
  float *p8;
  float *p9;
  int32_t v10;
  f32x8 v11;
  f32x8 v12;
  float v13;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = p0;
  p3 = p1;
  for (uint32_t i1 = 0; i1 < 4; i1++) {
    v6 = 0.0;
    v7 = splat_f32x8(0.0f);
    p9 = p3;
    for (uint32_t i2 = 0; i2 < 2; i2++) {
      v11 = *(f32x8_at *)&p9[0];
      v12 = v11;
      v7 = (v7 + v12);
      p9 += 8;
    }
    v7 = (v7 + shift_f32x8(v7, 4));
    v7 = (v7 + shift_f32x8(v7, 2));
    v13 = ((v7)[0] + (v7)[1]);
    v6 = (v6 + (double)v13);
    v5 = (float)v6;
    v13 = (v5 * 0.0625f);
    v7 = splat_f32x8(v13);
    v11 = *(f32x8_at *)&p3[0];
    store_f32x8(&p2[0], (v11 - v7), 8);
    v11 = *(f32x8_at *)&p3[8];
    store_f32x8(&p2[8], (v11 - v7), 8);
    p2 += 16;
    p3 += 16;
  }
  return 0;
}
