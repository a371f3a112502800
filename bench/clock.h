/* SPDX-License-Identifier: Apache-2.0 */
/** @file clock.h  The clocks that the measurements use. */
#ifndef AMP_BENCH_CLOCK_H
#define AMP_BENCH_CLOCK_H

#include <time.h>

static inline double bench_clock_s(clockid_t id)
{
    struct timespec now = {0};
    (void)clock_gettime(id, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/** CPU time of this thread: what others do on the machine hardly moves it. */
static inline double bench_thread_s(void)
{
    return bench_clock_s(CLOCK_THREAD_CPUTIME_ID);
}

/** CPU time of this process, all threads. */
static inline double bench_process_s(void)
{
    return bench_clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

static inline double bench_wall_s(void)
{
    return bench_clock_s(CLOCK_MONOTONIC);
}

#endif
