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
