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
  float v11;
  float v12;
  float v13;
  float v14;
  float v15;
  float v16;
  float v17;
  float v18;
  float *p19;
  float *p20;
  int32_t v21;
  float v22;
  float v23;
  float v24;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p3 = (float *)(base + *(uint32_t *)((char *)table + args[3]));
  p4 = p0;
  p5 = p2;
  p6 = p3;
  for (uint32_t i1 = 0; i1 < 32; i1++) {
    p8 = p1;
    p9 = p5;
    for (uint32_t i2 = 0; i2 < 16; i2++) {
      v11 = 0.0f;
      v12 = 0.0f;
      v13 = 0.0f;
      v14 = 0.0f;
      v15 = 0.0f;
      v16 = 0.0f;
      v17 = 0.0f;
      v18 = 0.0f;
      p19 = p4;
      p20 = p8;
      for (uint32_t i3 = 0; i3 < 64; i3++) {
        v22 = p19[0];
        v23 = p19[1];
        v24 = p20[0];
        v11 = (v11 + (v24 * v22));
        v12 = (v12 + (v24 * v23));
        v24 = p20[64];
        v13 = (v13 + (v24 * v22));
        v14 = (v14 + (v24 * v23));
        v24 = p20[128];
        v15 = (v15 + (v24 * v22));
        v16 = (v16 + (v24 * v23));
        v24 = p20[192];
        v17 = (v17 + (v24 * v22));
        v18 = (v18 + (v24 * v23));
        p19 += 64;
        p20 += 1;
      }
      p9[0] = (v11 + p6[0]);
      p9[1] = (v12 + p6[1]);
      p9[64] = (v13 + p6[0]);
      p9[65] = (v14 + p6[1]);
      p9[128] = (v15 + p6[0]);
      p9[129] = (v16 + p6[1]);
      p9[192] = (v17 + p6[0]);
      p9[193] = (v18 + p6[1]);
      p8 += 256;
      p9 += 256;
    }
    p4 += 2;
    p5 += 2;
    p6 += 2;
  }
  return 0;
}
