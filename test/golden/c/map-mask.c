int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  uint8_t *p1;
  float *p2;
  f32x8 v3;
  i32x8 v4;
  f32x8 v5;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p1 = (uint8_t *)(base + *(uint32_t *)((char *)table + args[2]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  v3 = *(f32x8_at *)&p2[0];
  v4 = (v3 <= splat_f32x8(0.0f));
  v5 = select_f32x8(v4, splat_f32x8(0.0f), v3);
  store_f32x8(&p0[0], v5, 7);
  keep_i32x8(&p1[0], v4, 7);
  return 0;
}
