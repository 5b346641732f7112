#include <float.h>
#include <stddef.h>
#include <stdint.h>
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "floats must be computed in their own precision"
#endif

static inline uint32_t bits_f32(float x) { uint32_t b; __builtin_memcpy(&b, &x, 4); return b; }
static inline uint64_t bits_f64(double x) { uint64_t b; __builtin_memcpy(&b, &x, 8); return b; }
static inline float of_u32(uint32_t b) { float x; __builtin_memcpy(&x, &b, 4); return x; }
static inline double of_u64(uint64_t b) { double x; __builtin_memcpy(&x, &b, 8); return x; }

// NaN if one of the two is; −0 is less than 0
#define MIN_MAX(T, F, of, U) \
  static inline T min_##F(T a, T b) { \
    return a < b ? a : b < a ? b : a == b ? of((U)(bits_##F(a) | bits_##F(b))) : a + b; \
  } \
  static inline T max_##F(T a, T b) { \
    return a > b ? a : b > a ? b : a == b ? of((U)(bits_##F(a) & bits_##F(b))) : a + b; \
  }
MIN_MAX(float, f32, of_u32, uint32_t)
MIN_MAX(double, f64, of_u64, uint64_t)
static inline int32_t min_i32(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t max_i32(int32_t a, int32_t b) { return a > b ? a : b; }
static inline uint8_t min_bool(uint8_t a, uint8_t b) { return a & b; }
static inline uint8_t max_bool(uint8_t a, uint8_t b) { return a | b; }
static inline int32_t abs_i32(int32_t a) { return a < 0 ? -a : a; }

// saturating; NaN gives 0
static inline int32_t i32_f64(double x) {
  return x >= 2147483647.0 ? INT32_MAX : x <= -2147483648.0 ? INT32_MIN : x == x ? (int32_t)x : 0;
}
static inline int32_t i32_f32(float x) {
  return x >= 2147483648.0f ? INT32_MAX : x < -2147483648.0f ? INT32_MIN : x == x ? (int32_t)x : 0;
}

static inline float exp2i_f32(float k) { return of_u32((uint32_t)(i32_f32(k) + 127) << 23); }
static inline double exp2i_f64(double k) { return of_u64((uint64_t)(i32_f64(k) + 1023) << 52); }
static inline float exponent_f32(float x) {
  return (float)((int32_t)(bits_f32(x) >> 23 & 255) - 127);
}
static inline double exponent_f64(double x) {
  return (double)((int32_t)(bits_f64(x) >> 52 & 2047) - 1023);
}
static inline float mantissa_f32(float x) {
  return of_u32((bits_f32(x) & 0x7fffff) | 0x3f800000);
}
static inline double mantissa_f64(double x) {
  return of_u64((bits_f64(x) & 0xfffffffffffff) | 0x3ff0000000000000);
}

typedef void pieces(char *, uint32_t *, const uint32_t *, uint32_t, uint32_t, uint32_t);
typedef void spread(pieces *, char *, uint32_t *, const uint32_t *, uint32_t, uint32_t);
typedef int32_t i32x8 __attribute__((vector_size(32)));
typedef uint32_t u32x8 __attribute__((vector_size(32)));
typedef i32x8 i32x8_at __attribute__((aligned(4), may_alias));
static inline i32x8 splat_i32x8(int32_t a) { return a - (i32x8){}; }
static inline i32x8 select_i32x8(i32x8 c, i32x8 a, i32x8 b) {
  return (i32x8)(((i32x8)a & c) | ((i32x8)b & ~c));
}
static inline i32x8 shift_i32x8(i32x8 a, int by) {
  i32x8 r = a; for (int i = 0; i < 8 - by; i++) r[i] = a[i + by]; return r;
}
static inline i32x8 first_i32x8(i32x8 a, i32x8 b, int count) {
  i32x8 r = b; for (int i = 0; i < count; i++) r[i] = a[i]; return r;
}
static inline void store_i32x8(int32_t *p, i32x8 a, int count) {
  if (count == 8) *(i32x8_at *)p = a; else for (int i = 0; i < count; i++) p[i] = a[i];
}
static inline i32x8 mask_i32x8(const uint8_t *p) {
  i32x8 r; for (int i = 0; i < 8; i++) r[i] = -(int)p[i]; return r;
}
static inline void keep_i32x8(uint8_t *p, i32x8 a, int count) { for (int i = 0; i < count; i++) p[i] = a[i] & 1; }
static inline uint8_t all_i32x8(i32x8 a, int count) {
  uint8_t r = 1; for (int i = 0; i < count; i++) r &= a[i] & 1; return r;
}
static inline i32x8 min_i32x8(i32x8 a, i32x8 b) { return select_i32x8(a < b, a, b); }
static inline i32x8 max_i32x8(i32x8 a, i32x8 b) { return select_i32x8(a > b, a, b); }
static inline i32x8 abs_i32x8(i32x8 a) { return select_i32x8(a < 0, -a, a); }
static inline i32x8 shr_i32x8(i32x8 a, int by) { return (i32x8)((u32x8)a >> by); }
typedef int64_t i64x4 __attribute__((vector_size(32)));
typedef uint64_t u64x4 __attribute__((vector_size(32)));
typedef i64x4 i64x4_at __attribute__((aligned(8), may_alias));
static inline i64x4 splat_i64x4(int64_t a) { return a - (i64x4){}; }
static inline i64x4 select_i64x4(i64x4 c, i64x4 a, i64x4 b) {
  return (i64x4)(((i64x4)a & c) | ((i64x4)b & ~c));
}
static inline i64x4 shift_i64x4(i64x4 a, int by) {
  i64x4 r = a; for (int i = 0; i < 4 - by; i++) r[i] = a[i + by]; return r;
}
static inline i64x4 first_i64x4(i64x4 a, i64x4 b, int count) {
  i64x4 r = b; for (int i = 0; i < count; i++) r[i] = a[i]; return r;
}
static inline void store_i64x4(int64_t *p, i64x4 a, int count) {
  if (count == 4) *(i64x4_at *)p = a; else for (int i = 0; i < count; i++) p[i] = a[i];
}
static inline i64x4 mask_i64x4(const uint8_t *p) {
  i64x4 r; for (int i = 0; i < 4; i++) r[i] = -(int)p[i]; return r;
}
static inline void keep_i64x4(uint8_t *p, i64x4 a, int count) { for (int i = 0; i < count; i++) p[i] = a[i] & 1; }
static inline uint8_t all_i64x4(i64x4 a, int count) {
  uint8_t r = 1; for (int i = 0; i < count; i++) r &= a[i] & 1; return r;
}
static inline i64x4 min_i64x4(i64x4 a, i64x4 b) { return select_i64x4(a < b, a, b); }
static inline i64x4 max_i64x4(i64x4 a, i64x4 b) { return select_i64x4(a > b, a, b); }
static inline i64x4 abs_i64x4(i64x4 a) { return select_i64x4(a < 0, -a, a); }
static inline i64x4 shr_i64x4(i64x4 a, int by) { return (i64x4)((u64x4)a >> by); }
typedef float f32x8 __attribute__((vector_size(32)));
typedef f32x8 f32x8_at __attribute__((aligned(4), may_alias));
static inline f32x8 splat_f32x8(float a) { return a - (f32x8){}; }
static inline f32x8 select_f32x8(i32x8 c, f32x8 a, f32x8 b) {
  return (f32x8)(((i32x8)a & c) | ((i32x8)b & ~c));
}
static inline f32x8 shift_f32x8(f32x8 a, int by) {
  f32x8 r = a; for (int i = 0; i < 8 - by; i++) r[i] = a[i + by]; return r;
}
static inline f32x8 first_f32x8(f32x8 a, f32x8 b, int count) {
  f32x8 r = b; for (int i = 0; i < count; i++) r[i] = a[i]; return r;
}
static inline void store_f32x8(float *p, f32x8 a, int count) {
  if (count == 8) *(f32x8_at *)p = a; else for (int i = 0; i < count; i++) p[i] = a[i];
}
static inline f32x8 min_f32x8(f32x8 a, f32x8 b) { return select_f32x8(a < b, a, select_f32x8(b < a, b, select_f32x8(a == b, (f32x8)((i32x8)a | (i32x8)b), a + b))); }
static inline f32x8 max_f32x8(f32x8 a, f32x8 b) { return select_f32x8(a > b, a, select_f32x8(b > a, b, select_f32x8(a == b, (f32x8)((i32x8)a & (i32x8)b), a + b))); }
static inline f32x8 sqrt_f32x8(f32x8 a) { f32x8 r; for (int i = 0; i < 8; i++) r[i] = __builtin_sqrtf(a[i]); return r; }
static inline f32x8 floor_f32x8(f32x8 a) { f32x8 r; for (int i = 0; i < 8; i++) r[i] = __builtin_floorf(a[i]); return r; }
static inline f32x8 ceil_f32x8(f32x8 a) { f32x8 r; for (int i = 0; i < 8; i++) r[i] = __builtin_ceilf(a[i]); return r; }
static inline f32x8 trunc_f32x8(f32x8 a) { f32x8 r; for (int i = 0; i < 8; i++) r[i] = __builtin_truncf(a[i]); return r; }
static inline f32x8 nearest_f32x8(f32x8 a) { f32x8 r; for (int i = 0; i < 8; i++) r[i] = __builtin_rintf(a[i]); return r; }
static inline f32x8 fused_f32x8(f32x8 a, f32x8 b, f32x8 c) { f32x8 r; for (int i = 0; i < 8; i++) r[i] = __builtin_fmaf(a[i], b[i], c[i]); return r; }
static inline f32x8 abs_f32x8(f32x8 a) { return (f32x8)((u32x8)a << 1 >> 1); }
static inline f32x8 exp2i_f32x8(f32x8 k) {
  return (f32x8)((__builtin_convertvector(k, i32x8) + 127) << 23);
}
static inline f32x8 exponent_f32x8(f32x8 a) {
  return __builtin_convertvector((i32x8)((u32x8)a >> 23 & 255) - 127, f32x8);
}
static inline f32x8 mantissa_f32x8(f32x8 a) { return (f32x8)(((u32x8)a & 0x7fffff) | 0x3f800000); }
typedef double f64x4 __attribute__((vector_size(32)));
typedef f64x4 f64x4_at __attribute__((aligned(8), may_alias));
static inline f64x4 splat_f64x4(double a) { return a - (f64x4){}; }
static inline f64x4 select_f64x4(i64x4 c, f64x4 a, f64x4 b) {
  return (f64x4)(((i64x4)a & c) | ((i64x4)b & ~c));
}
static inline f64x4 shift_f64x4(f64x4 a, int by) {
  f64x4 r = a; for (int i = 0; i < 4 - by; i++) r[i] = a[i + by]; return r;
}
static inline f64x4 first_f64x4(f64x4 a, f64x4 b, int count) {
  f64x4 r = b; for (int i = 0; i < count; i++) r[i] = a[i]; return r;
}
static inline void store_f64x4(double *p, f64x4 a, int count) {
  if (count == 4) *(f64x4_at *)p = a; else for (int i = 0; i < count; i++) p[i] = a[i];
}
static inline f64x4 min_f64x4(f64x4 a, f64x4 b) { return select_f64x4(a < b, a, select_f64x4(b < a, b, select_f64x4(a == b, (f64x4)((i64x4)a | (i64x4)b), a + b))); }
static inline f64x4 max_f64x4(f64x4 a, f64x4 b) { return select_f64x4(a > b, a, select_f64x4(b > a, b, select_f64x4(a == b, (f64x4)((i64x4)a & (i64x4)b), a + b))); }
static inline f64x4 sqrt_f64x4(f64x4 a) { f64x4 r; for (int i = 0; i < 4; i++) r[i] = __builtin_sqrt(a[i]); return r; }
static inline f64x4 floor_f64x4(f64x4 a) { f64x4 r; for (int i = 0; i < 4; i++) r[i] = __builtin_floor(a[i]); return r; }
static inline f64x4 ceil_f64x4(f64x4 a) { f64x4 r; for (int i = 0; i < 4; i++) r[i] = __builtin_ceil(a[i]); return r; }
static inline f64x4 trunc_f64x4(f64x4 a) { f64x4 r; for (int i = 0; i < 4; i++) r[i] = __builtin_trunc(a[i]); return r; }
static inline f64x4 nearest_f64x4(f64x4 a) { f64x4 r; for (int i = 0; i < 4; i++) r[i] = __builtin_rint(a[i]); return r; }

static inline f64x4 abs_f64x4(f64x4 a) { return (f64x4)((u64x4)a << 1 >> 1); }
static inline f64x4 exp2i_f64x4(f64x4 k) {
  return (f64x4)((__builtin_convertvector(k, i64x4) + 1023) << 52);
}
static inline f64x4 exponent_f64x4(f64x4 a) {
  return __builtin_convertvector((i64x4)((u64x4)a >> 52 & 2047) - 1023, f64x4);
}
static inline f64x4 mantissa_f64x4(f64x4 a) { return (f64x4)(((u64x4)a & 0xfffffffffffff) | 0x3ff0000000000000); }
static inline i32x8 to_i32x8(f32x8 a) {
  i32x8 r; for (int i = 0; i < 8; i++) r[i] = i32_f32(a[i]); return r;
}
static inline f64x4 widen_f32x8(f32x8 a, int from) {
  f64x4 r; for (int i = 0; i < 4; i++) r[i] = (double)a[from + i]; return r;
}
static inline f32x8 narrow_f32x8(f64x4 a, f64x4 b) {
  f32x8 r; for (int i = 0; i < 4; i++) r[i] = (float)a[i], r[i + 4] = (float)b[i]; return r;
}
static inline f64x4 widen_i32x8(i32x8 a, int from) {
  f64x4 r; for (int i = 0; i < 4; i++) r[i] = (double)a[from + i]; return r;
}
static inline i32x8 narrow_i32x8(f64x4 a, f64x4 b) {
  i32x8 r; for (int i = 0; i < 4; i++) r[i] = i32_f64(a[i]), r[i + 4] = i32_f64(b[i]); return r;
}

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
enum { WIDTH = 64 };
#else
enum { WIDTH = 32 }; // shorter ones go in pairs
#endif
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__aarch64__)
enum { FUSED = 256 };
#else
enum { FUSED = 0 };
#endif
int32_t NAME(void) { return WIDTH + FUSED; }
#include <sys/mman.h>
int64_t NAME(int64_t bytes) {
  int kind = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE;
  void *start = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, kind, -1, 0);
  return start == MAP_FAILED ? 0 : (int64_t)start;
}
typedef int32_t kernel(char *, uint32_t *, const uint32_t *);
int32_t NAME(int64_t memory, uint32_t table, uint32_t calls, uint32_t count) {
  char *base = (char *)memory;
  kernel *const *slots = (kernel *const *)base - 1048576;
  uint32_t *words = (uint32_t *)(base + table);
  const uint32_t *call = (const uint32_t *)(base + calls);
  for (uint32_t at = 0; at < count; at++, call += 2) {
    const uint32_t *args = (const uint32_t *)(base + call[1]);
    int32_t status = 0;
    if (call[0] != 4294967295u) {
      status = slots[call[0]](base, words, args);
    } else {
      const uint32_t turns = args[0], moving = args[4], all = args[5];
      const uint32_t *binding = args + 6;
      char *inner = base + args[1], *outer = (char *)words;
      ((uint32_t *)inner)[1] = words[1];
      for (uint32_t i = 0; i < all; i++) {
        const uint32_t *b = binding + 4 * i;
        *(uint32_t *)(inner + b[0]) = *(uint32_t *)(outer + b[1]) + b[2];
      }
      for (uint32_t turn = 0; turn < turns; turn++) {
        status = NAME(memory, args[1], args[2], args[3]) & 255;
        if (status != 0) {
          words[0] = *(uint32_t *)inner;
          break;
        }
        for (uint32_t i = 0; i < moving; i++) {
          const uint32_t *b = binding + 4 * i;
          *(uint32_t *)(inner + b[0]) += b[3];
        }
      }
    }
    if (status != 0) return (int32_t)(at << 8) | status;
  }
  return 0;
}
