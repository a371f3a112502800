/* SPDX-License-Identifier: Apache-2.0 */
/** @file threads.h  Threads for the parts that may run in parallel. */
#ifndef AMP_CLI_THREADS_H
#define AMP_CLI_THREADS_H

#include "dispatch/solve.h"

#include <stdatomic.h>

/** A number of threads that all calls share. */
typedef struct {
    atomic_int spare; /**< threads that may still be started */
    double stop_at_s; /**< of the monotonic clock; HUGE_VAL: never */
} amp_threads;

/** Processors that are online, at least 1. */
long amp_threads_default(void);

/** Prepares @p count threads, the caller's one included, and returns the host that runs jobs on
 *  them. @p threads outlives the host. A job may run jobs itself: it takes what is to spare. */
amp_host amp_threads_host(amp_threads *threads, long count);

/** Seconds of the monotonic clock, for measuring. */
double amp_clock_s(void);

/** From @p seconds after this call on, should_stop() of @p host, which @p threads belong to, says
 *  true. */
void amp_threads_stop_after(amp_threads *threads, double seconds, amp_host *host);

#endif
