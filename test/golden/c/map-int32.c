int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  int32_t *p0;
  int32_t *p1;
  int32_t *p2;
  int32_t *p3;
  int32_t *p4;
  int32_t *p5;
  int32_t v6;
  p0 = (int32_t *)(base + *(uint32_t *)((char *)table + args[2]));
  p1 = (int32_t *)(base + *(uint32_t *)((char *)table + args[0]));
  p2 = (int32_t *)(base + *(uint32_t *)((char *)table + args[1]));
  p3 = p0;
  p4 = p1;
  p5 = p2;
  for (uint32_t i1 = 0; i1 < 8; i1++) {
    store_i32x8(&p3[0], (*(i32x8_at *)&p4[0] + *(i32x8_at *)&p5[0]), 8);
    p3 += 8;
    p4 += 8;
    p5 += 8;
  }
  return 0;
}
