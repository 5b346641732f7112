/**
 * The C that is not kernels: reserving memory, and the one function that JavaScript calls, which
 * runs a list of calls; linear/call-table.ts has its layout. Slots of kernels lie below the memory.
 */
import { SCAN, SCRATCH_WORD } from "../linear/call-table.ts";
import { NAME } from "./pool.ts";

/** How many kernels there may be at a time, and one slot for the threads. */
export const SLOTS = 1 << 20;

/** What stands before the question what the processor has. */
export const PROBE_PRELUDE = "#include <stdint.h>";

/** Answers with the bytes of its vectors, and 256 more where they multiply and add at once. */
export const PROBE = `#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
enum { WIDTH = 64 };
#else
enum { WIDTH = 32 }; // shorter ones go in pairs
#endif
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(__aarch64__)
enum { FUSED = 256 };
#else
enum { FUSED = 0 };
#endif
int32_t ${NAME}(void) { return WIDTH + FUSED; }`;

/**
 * Reserves so many bytes of addresses; pages become memory when they are first touched. They are
 * small ones: with large ones a first touch took 3 ms where the system had to make room for them.
 */
export const RESERVE = `#include <sys/mman.h>
int64_t ${NAME}(int64_t bytes) {
  int kind = MAP_PRIVATE | MAP_ANON | MAP_NORESERVE;
  void *start = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, kind, -1, 0);
  return start == MAP_FAILED ? 0 : (int64_t)start;
}`;

/** Runs `count` calls; returns 0, or call number · 256 + status. */
export const RUN = `typedef int32_t kernel(char *, uint32_t *, const uint32_t *);
int32_t ${NAME}(int64_t memory, uint32_t table, uint32_t calls, uint32_t count) {
  char *base = (char *)memory;
  kernel *const *slots = (kernel *const *)base - ${SLOTS};
  uint32_t *words = (uint32_t *)(base + table);
  const uint32_t *call = (const uint32_t *)(base + calls);
  for (uint32_t at = 0; at < count; at++, call += 2) {
    const uint32_t *args = (const uint32_t *)(base + call[1]);
    int32_t status = 0;
    if (call[0] != ${SCAN}u) {
      status = slots[call[0]](base, words, args);
    } else {
      const uint32_t turns = args[0], moving = args[4], all = args[5];
      const uint32_t *binding = args + 6;
      char *inner = base + args[1], *outer = (char *)words;
      ((uint32_t *)inner)[${SCRATCH_WORD}] = words[${SCRATCH_WORD}];
      for (uint32_t i = 0; i < all; i++) {
        const uint32_t *b = binding + 4 * i;
        *(uint32_t *)(inner + b[0]) = *(uint32_t *)(outer + b[1]) + b[2];
      }
      for (uint32_t turn = 0; turn < turns; turn++) {
        status = ${NAME}(memory, args[1], args[2], args[3]) & 255;
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
}`;
