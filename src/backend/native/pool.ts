/**
 * Threads in C: a few workers, made once, share out the pieces of one kernel at a time. Whoever is
 * free takes the next piece, so that one that the system has put aside is not waited for; what a
 * piece computes depends neither on who takes it nor on how many there are.
 */

/** What a function is called until its text has a name of its own. */
export const NAME = "NAME";

/** What stands before all kernels: a kernel in pieces, and what runs them. */
export const POOL_TYPES = `
typedef void pieces(char *, uint32_t *, const uint32_t *, uint32_t, uint32_t, uint32_t);
typedef void spread(pieces *, char *, uint32_t *, const uint32_t *, uint32_t, uint32_t);
`;

/** Where kernels find the function that runs pieces: before the memory, in the last slot. */
export const SPREAD_AT = "base - 8";

/**
 * Starts workers beside the caller and puts the function that uses them in the last slot. It is
 * called with other counts later: fewer are used, or more are started.
 *
 * `state` holds which job is out and its next piece. Between two jobs it is closed, so that nobody
 * takes a piece of one by the numbers of the other.
 */
export const POOL = `#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sched.h>
#define MOST 64
#define CLOSED 0xffffffffu
#if defined(__x86_64__) || defined(__i386__)
#define PAUSE __builtin_ia32_pause()
#else
#define PAUSE __asm__ volatile("" ::: "memory")
#endif
static struct {
  pieces *run; char *base; uint32_t *table; const uint32_t *args; uint32_t count;
} job;
static _Atomic uint64_t state = CLOSED;
static _Atomic uint32_t done, asleep;
static uint32_t threads = 1, started = 1;
static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;

// takes pieces as long as there are some
static void work(uint32_t worker) {
  uint64_t now = atomic_load(&state);
  while ((uint32_t)now < *(volatile uint32_t *)&job.count) {
    if (!atomic_compare_exchange_weak(&state, &now, now + 1)) continue;
    job.run(job.base, job.table, job.args, (uint32_t)now, job.count, worker);
    atomic_fetch_add(&done, 1);
    now = atomic_load(&state);
  }
}

static void *serve(void *given) {
  uint32_t worker = (uint32_t)(uintptr_t)given;
  uint64_t seen = 0;
  for (;;) {
    for (int turn = 0; turn < 4000 && atomic_load(&state) >> 32 == seen; turn++) PAUSE;
    if (atomic_load(&state) >> 32 == seen) {
      pthread_mutex_lock(&lock);
      atomic_fetch_add(&asleep, 1);
      while (atomic_load(&state) >> 32 == seen) pthread_cond_wait(&wake, &lock);
      atomic_fetch_sub(&asleep, 1);
      pthread_mutex_unlock(&lock);
    }
    seen = atomic_load(&state) >> 32;
    if (worker < threads) work(worker);
  }
  return NULL;
}

static void share(pieces *run, char *base, uint32_t *table, const uint32_t *args,
                  uint32_t most, uint32_t each) {
  uint32_t count = threads * each < most ? threads * each : most;
  // other threads of JavaScript have devices of their own, but the workers are the same
  if (threads == 1 || count < 2 || pthread_mutex_trylock(&busy) != 0) {
    run(base, table, args, 0, 1, 0);
    return;
  }
  uint64_t turn = (atomic_load(&state) >> 32) + 1;
  atomic_store(&state, turn << 32 | CLOSED);
  job.run = run; job.base = base; job.table = table; job.args = args; job.count = count;
  atomic_store(&done, 0);
  atomic_store(&state, (turn + 1) << 32);
  if (atomic_load(&asleep) > 0) {
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
  }
  work(0);
  for (int turns = 0; atomic_load(&done) < count; turns++) {
    if (turns < 4000) PAUSE; else sched_yield();
  }
  pthread_mutex_unlock(&busy);
}

// workers run this code until the process ends: it must stay when libraries are given back
struct where { const char *file; void *start; const char *name; void *address; };
int dladdr(const void *, struct where *);
#ifndef RTLD_NODELETE
#define RTLD_NODELETE 0x01000
#endif

int32_t ${NAME}(int64_t memory, int32_t wanted) {
  if (wanted > MOST) wanted = MOST;
  struct where where;
  if (dladdr((const void *)share, &where) == 0 ||
      dlopen(where.file, RTLD_NOW | RTLD_NODELETE) == NULL) wanted = 1;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  while (started < (uint32_t)wanted) {
    pthread_t thread;
    if (pthread_create(&thread, &attributes, serve, (void *)(uintptr_t)started) != 0) break;
    started++;
  }
  pthread_attr_destroy(&attributes);
  threads = (uint32_t)wanted < started ? (uint32_t)wanted : started;
  *(spread **)((char *)memory - 8) = share;
  return (int32_t)threads;
}`;
