int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  float *p1;
  float *p2;
  float *p3;
  int32_t v4;
  float v5;
  float v6;
  f32x8 v7;
  f32x8 v8;
  float v9;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = p0;
  p3 = p1;
  for (uint32_t i1 = 0; i1 < 4; i1++) {
    v6 = (-__builtin_inff());
    v7 = splat_f32x8((-__builtin_inff()));
    v8 = *(f32x8_at *)&p3[0];
    v7 = max_f32x8(v7, v8);
    v8 = first_f32x8(*(f32x8_at *)&p3[8], splat_f32x8((-__builtin_inff())), 2);
    v7 = max_f32x8(v7, v8);
    v7 = max_f32x8(v7, shift_f32x8(v7, 4));
    v7 = max_f32x8(v7, shift_f32x8(v7, 2));
    v9 = max_f32((v7)[0], (v7)[1]);
    v6 = max_f32(v6, v9);
    v5 = v6;
    p2[0] = v5;
    p2 += 1;
    p3 += 10;
  }
  return 0;
}
