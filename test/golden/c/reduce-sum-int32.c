int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  int32_t *p0;
  int32_t *p1;
  int32_t *p2;
  int32_t *p3;
  int32_t v4;
  int32_t v5;
  double v6;
  f64x4 v7;
  f64x4 v8;
  int32_t *p9;
  int32_t v10;
  i32x8 v11;
  double v12;
  p0 = (int32_t *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (int32_t *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = p0;
  p3 = p1;
  for (uint32_t i1 = 0; i1 < 3; i1++) {
    v6 = 0.0;
    v7 = splat_f64x4(0.0);
    v8 = splat_f64x4(0.0);
    p9 = p3;
    for (uint32_t i2 = 0; i2 < 2; i2++) {
      v11 = *(i32x8_at *)&p9[0];
      v7 = (v7 + widen_i32x8(v11, 0));
      v8 = (v8 + widen_i32x8(v11, 4));
      p9 += 8;
    }
    v7 = (v7 + v8);
    v7 = (v7 + shift_f64x4(v7, 2));
    v12 = ((v7)[0] + (v7)[1]);
    v6 = (v6 + v12);
    if (!(((-2147483648.0) <= v6) & (v6 <= 2147483647.0))) { table[0] = (uint32_t)0; return 2; }
    v5 = i32_f64(v6);
    p2[0] = v5;
    p2 += 1;
    p3 += 16;
  }
  return 0;
}
