int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  float *p0;
  float *p1;
  float *p2;
  float *p3;
  int32_t v4;
  float v5;
  double v6;
  float v7;
  float v8;
  float v9;
  float v10;
  float v11;
  float v12;
  float v13;
  float v14;
  float *p15;
  float *p16;
  int32_t v17;
  float v18;
  float v19;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = p0;
  p3 = p1;
  for (uint32_t i1 = 0; i1 < 4; i1++) {
    v6 = 0.0;
    v7 = 0.0f;
    v8 = 0.0f;
    v9 = 0.0f;
    v10 = 0.0f;
    v11 = 0.0f;
    v12 = 0.0f;
    v13 = 0.0f;
    v14 = 0.0f;
    p16 = p3;
    for (uint32_t i2 = 0; i2 < 2; i2++) {
      v18 = p16[0];
      v19 = v18;
      v7 = (v7 + v19);
      v18 = p16[1];
      v19 = v18;
      v8 = (v8 + v19);
      v18 = p16[2];
      v19 = v18;
      v9 = (v9 + v19);
      v18 = p16[3];
      v19 = v18;
      v10 = (v10 + v19);
      v18 = p16[4];
      v19 = v18;
      v11 = (v11 + v19);
      v18 = p16[5];
      v19 = v18;
      v12 = (v12 + v19);
      v18 = p16[6];
      v19 = v18;
      v13 = (v13 + v19);
      v18 = p16[7];
      v19 = v18;
      v14 = (v14 + v19);
      p16 += 8;
    }
    v7 = (v7 + v11);
    v9 = (v9 + v13);
    v7 = (v7 + v9);
    v8 = (v8 + v12);
    v10 = (v10 + v14);
    v8 = (v8 + v10);
    v7 = (v7 + v8);
    v6 = (v6 + (double)v7);
    v5 = (float)v6;
    v7 = (v5 * 0.0625f);
    p15 = p2;
    p16 = p3;
    for (uint32_t i2 = 0; i2 < 16; i2++) {
      v8 = p16[0];
      p15[0] = (v8 - v7);
      p15 += 1;
      p16 += 1;
    }
    p2 += 16;
    p3 += 16;
  }
  return 0;
}
