int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  float *p1;
  float *p2;
  float *p3;
  float *p4;
  int32_t v5;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p3 = p0;
  p4 = p1;
  for (uint32_t i1 = 0; i1 < 20; i1++) {
    store_f32x8(&p3[0], (*(f32x8_at *)&p4[0] + *(f32x8_at *)&p2[0]), 8);
    store_f32x8(&p3[8], (*(f32x8_at *)&p4[8] + *(f32x8_at *)&p2[8]), 8);
    store_f32x8(&p3[16], (*(f32x8_at *)&p4[16] + *(f32x8_at *)&p2[16]), 8);
    store_f32x8(&p3[24], (*(f32x8_at *)&p4[24] + *(f32x8_at *)&p2[24]), 6);
    p3 += 30;
    p4 += 30;
  }
  return 0;
}
