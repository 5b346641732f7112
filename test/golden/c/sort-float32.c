int32_t NAME(char *base, uint32_t *table, const uint32_t *args) {
  const uint32_t worker = 0;
  float *p0;
  int32_t *p1;
  int32_t *p2;
  float *p3;
  int32_t *p4;
  int32_t v5;
  int32_t v6;
  int32_t v7;
  int32_t v8;
  int32_t v9;
  int32_t v10;
  int32_t v11;
  ptrdiff_t d12;
  int32_t v13;
  ptrdiff_t d14;
  int32_t v15;
  ptrdiff_t d16;
  float v17;
  ptrdiff_t d18;
  float v19;
  ptrdiff_t d20;
  p0 = (float *)(base + *(uint32_t *)((char *)table + args[0]));
  p1 = (int32_t *)(base + *(uint32_t *)((char *)table + args[1]));
  p2 = (int32_t *)(base + *(uint32_t *)((char *)table + args[2]));
  p3 = p0;
  p4 = p1;
  for (uint32_t i1 = 0; i1 < 2; i1++) {
    v11 = 0;
    while ((v11 < 9)) {
      d12 = (ptrdiff_t)v11 * 1;
      p4[d12] = v11;
      v11 = (v11 + 1);
    }
    v6 = 1;
    while ((v6 < 9)) {
      v11 = 0;
      while ((v11 < 9)) {
        v7 = v11;
        v9 = min_i32((v7 + v6), 9);
        v8 = v9;
        v10 = min_i32((v8 + v6), 9);
        while (((v7 < v9) & (v8 < v10))) {
          d12 = (ptrdiff_t)v7 * 1;
          v13 = p4[d12];
          d14 = (ptrdiff_t)v8 * 1;
          v15 = p4[d14];
          d16 = (ptrdiff_t)v15 * 1;
          v17 = p3[d16];
          d18 = (ptrdiff_t)v13 * 1;
          v19 = p3[d18];
          if (((v17 < v19) | ((v19 != v19) & (v17 == v17)))) {
            d20 = (ptrdiff_t)v11 * 1;
            p2[d20] = v15;
            v8 = (v8 + 1);
            v11 = (v11 + 1);
          }
          else {
            d20 = (ptrdiff_t)v11 * 1;
            p2[d20] = v13;
            v7 = (v7 + 1);
            v11 = (v11 + 1);
          }
        }
        while ((v7 < v9)) {
          d12 = (ptrdiff_t)v7 * 1;
          v13 = p4[d12];
          d14 = (ptrdiff_t)v11 * 1;
          p2[d14] = v13;
          v7 = (v7 + 1);
          v11 = (v11 + 1);
        }
        while ((v8 < v10)) {
          d12 = (ptrdiff_t)v8 * 1;
          v13 = p4[d12];
          d14 = (ptrdiff_t)v11 * 1;
          p2[d14] = v13;
          v8 = (v8 + 1);
          v11 = (v11 + 1);
        }
      }
      v6 = (int32_t)((uint32_t)v6 << 1);
      v11 = 0;
      while ((v11 < 9)) {
        v7 = v11;
        v9 = min_i32((v7 + v6), 9);
        v8 = v9;
        v10 = min_i32((v8 + v6), 9);
        while (((v7 < v9) & (v8 < v10))) {
          d12 = (ptrdiff_t)v7 * 1;
          v13 = p2[d12];
          d14 = (ptrdiff_t)v8 * 1;
          v15 = p2[d14];
          d16 = (ptrdiff_t)v15 * 1;
          v17 = p3[d16];
          d18 = (ptrdiff_t)v13 * 1;
          v19 = p3[d18];
          if (((v17 < v19) | ((v19 != v19) & (v17 == v17)))) {
            d20 = (ptrdiff_t)v11 * 1;
            p4[d20] = v15;
            v8 = (v8 + 1);
            v11 = (v11 + 1);
          }
          else {
            d20 = (ptrdiff_t)v11 * 1;
            p4[d20] = v13;
            v7 = (v7 + 1);
            v11 = (v11 + 1);
          }
        }
        while ((v7 < v9)) {
          d12 = (ptrdiff_t)v7 * 1;
          v13 = p2[d12];
          d14 = (ptrdiff_t)v11 * 1;
          p4[d14] = v13;
          v7 = (v7 + 1);
          v11 = (v11 + 1);
        }
        while ((v8 < v10)) {
          d12 = (ptrdiff_t)v8 * 1;
          v13 = p2[d12];
          d14 = (ptrdiff_t)v11 * 1;
          p4[d14] = v13;
          v8 = (v8 + 1);
          v11 = (v11 + 1);
        }
      }
      v6 = (int32_t)((uint32_t)v6 << 1);
    }
    p3 += 9;
    p4 += 9;
  }
  return 0;
}
