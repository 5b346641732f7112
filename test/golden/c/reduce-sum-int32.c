int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  int32_t *p0;
  int32_t *p1;
  int32_t *p2;
  int32_t *p3;
  int32_t v4;
  int32_t v5;
  double v6;
  double v7;
  double v8;
  double v9;
  double v10;
  double v11;
  double v12;
  double v13;
  double v14;
  int32_t *p15;
  int32_t v16;
  int32_t v17;
  p0 = (int32_t *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (int32_t *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = p0;
  p3 = p1;
  for (uint32_t i1 = 0; i1 < 3; i1++) {
    v6 = 0.0;
    v7 = 0.0;
    v8 = 0.0;
    v9 = 0.0;
    v10 = 0.0;
    v11 = 0.0;
    v12 = 0.0;
    v13 = 0.0;
    v14 = 0.0;
    p15 = p3;
    for (uint32_t i2 = 0; i2 < 2; i2++) {
      v17 = p15[0];
      v7 = (v7 + (double)v17);
      v17 = p15[1];
      v8 = (v8 + (double)v17);
      v17 = p15[2];
      v9 = (v9 + (double)v17);
      v17 = p15[3];
      v10 = (v10 + (double)v17);
      v17 = p15[4];
      v11 = (v11 + (double)v17);
      v17 = p15[5];
      v12 = (v12 + (double)v17);
      v17 = p15[6];
      v13 = (v13 + (double)v17);
      v17 = p15[7];
      v14 = (v14 + (double)v17);
      p15 += 8;
    }
    v7 = (v7 + v11);
    v9 = (v9 + v13);
    v7 = (v7 + v9);
    v8 = (v8 + v12);
    v10 = (v10 + v14);
    v8 = (v8 + v10);
    v7 = (v7 + v8);
    v6 = (v6 + v7);
    if (!(((-2147483648.0) <= v6) & (v6 <= 2147483647.0))) { table[0] = (uint32_t)0; return 2; }
    v5 = i32_f64(v6);
    p2[0] = v5;
    p2 += 1;
    p3 += 16;
  }
  return 0;
}
