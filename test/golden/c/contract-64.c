int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  float *p0;
  float *p1;
  float *p2;
  float *p3;
  float *p4;
  float *p5;
  float *p6;
  int32_t v7;
  float *p8;
  float *p9;
  int32_t v10;
  f32x8 v11;
  f32x8 v12;
  f32x8 v13;
  f32x8 v14;
  f32x8 v15;
  f32x8 v16;
  f32x8 v17;
  f32x8 v18;
  float *p19;
  float *p20;
  int32_t v21;
  f32x8 v22;
  f32x8 v23;
  f32x8 v24;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p3 = (float *)(base + *(uint32_t *)((char *)table + args[3]));
  p4 = p0;
  p5 = p2;
  p6 = p3;
  for (uint32_t i1 = 0; i1 < 4; i1++) {
    p8 = p1;
    p9 = p5;
    for (uint32_t i2 = 0; i2 < 16; i2++) {
      v11 = splat_f32x8(0.0f);
      v12 = splat_f32x8(0.0f);
      v13 = splat_f32x8(0.0f);
      v14 = splat_f32x8(0.0f);
      v15 = splat_f32x8(0.0f);
      v16 = splat_f32x8(0.0f);
      v17 = splat_f32x8(0.0f);
      v18 = splat_f32x8(0.0f);
      p19 = p4;
      p20 = p8;
      for (uint32_t i3 = 0; i3 < 64; i3++) {
        v22 = *(f32x8_at *)&p19[0];
        v23 = *(f32x8_at *)&p19[8];
        v24 = splat_f32x8(p20[0]);
        v11 = (v11 + (v24 * v22));
        v12 = (v12 + (v24 * v23));
        v24 = splat_f32x8(p20[64]);
        v13 = (v13 + (v24 * v22));
        v14 = (v14 + (v24 * v23));
        v24 = splat_f32x8(p20[128]);
        v15 = (v15 + (v24 * v22));
        v16 = (v16 + (v24 * v23));
        v24 = splat_f32x8(p20[192]);
        v17 = (v17 + (v24 * v22));
        v18 = (v18 + (v24 * v23));
        p19 += 64;
        p20 += 1;
      }
      store_f32x8(&p9[0], (v11 + *(f32x8_at *)&p6[0]), 8);
      store_f32x8(&p9[8], (v12 + *(f32x8_at *)&p6[8]), 8);
      store_f32x8(&p9[64], (v13 + *(f32x8_at *)&p6[0]), 8);
      store_f32x8(&p9[72], (v14 + *(f32x8_at *)&p6[8]), 8);
      store_f32x8(&p9[128], (v15 + *(f32x8_at *)&p6[0]), 8);
      store_f32x8(&p9[136], (v16 + *(f32x8_at *)&p6[8]), 8);
      store_f32x8(&p9[192], (v17 + *(f32x8_at *)&p6[0]), 8);
      store_f32x8(&p9[200], (v18 + *(f32x8_at *)&p6[8]), 8);
      p8 += 256;
      p9 += 256;
    }
    p4 += 16;
    p5 += 16;
    p6 += 16;
  }
  return 0;
}
