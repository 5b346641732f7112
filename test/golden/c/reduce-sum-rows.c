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
  int32_t v9;
  f32x8 v10;
  float v11;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = p0;
  p3 = p1;
  for (uint32_t i1 = 0; i1 < 4; i1++) {
    v6 = 0.0;
    v7 = splat_f32x8(0.0f);
    p8 = p3;
    for (uint32_t i2 = 0; i2 < 64; i2++) {
      v10 = *(f32x8_at *)&p8[0];
      v7 = (v7 + v10);
      p8 += 8;
    }
    v7 = (v7 + shift_f32x8(v7, 4));
    v7 = (v7 + shift_f32x8(v7, 2));
    v11 = ((v7)[0] + (v7)[1]);
    v6 = (v6 + (double)v11);
    v7 = splat_f32x8(0.0f);
    p8 = p3;
    for (uint32_t i2 = 0; i2 < 11; i2++) {
      v10 = *(f32x8_at *)&p8[512];
      v7 = (v7 + v10);
      p8 += 8;
    }
    v7 = (v7 + shift_f32x8(v7, 4));
    v7 = (v7 + shift_f32x8(v7, 2));
    v11 = ((v7)[0] + (v7)[1]);
    v6 = (v6 + (double)v11);
    v5 = (float)v6;
    p2[0] = v5;
    p2 += 1;
    p3 += 600;
  }
  return 0;
}
