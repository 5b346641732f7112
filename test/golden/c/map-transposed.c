int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  float *p1;
  float *p2;
  float *p3;
  float *p4;
  float *p5;
  int32_t v6;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[2]));
  p1 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (float *)(base + *(uint32_t *)((char *)table + args[1]));
  p3 = p0;
  p4 = p1;
  p5 = p2;
  for (uint32_t i1 = 0; i1 < 20; i1++) {
    store_f32x8(&p3[0], (*(f32x8_at *)&p4[0] + (f32x8){p5[0], p5[20], p5[40], p5[60], p5[80], p5[100], p5[120], p5[140]}), 8);
    store_f32x8(&p3[8], (*(f32x8_at *)&p4[8] + (f32x8){p5[160], p5[180], p5[200], p5[220], p5[240], p5[260], p5[280], p5[300]}), 8);
    store_f32x8(&p3[16], (*(f32x8_at *)&p4[16] + (f32x8){p5[320], p5[340], p5[360], p5[380], p5[400], p5[420], p5[440], p5[460]}), 8);
    store_f32x8(&p3[24], (*(f32x8_at *)&p4[24] + (f32x8){p5[480], p5[500], p5[520], p5[540], p5[560], p5[580]}), 6);
    p3 += 30;
    p4 += 30;
    p5 += 1;
  }
  return 0;
}
