/* SPDX-License-Identifier: Apache-2.0 */
/** @file threads.h  Threads for the parts that may run in parallel. */
#ifndef AMP_CLI_THREADS_H
#define AMP_CLI_THREADS_H

#include "dispatch/solve.h"

#include <stdatomic.h>

/** A number of threads that all calls share. */
typedef struct {
    atomic_int spare; /**< threads that may still be started */
} amp_threads;

/** Processors that are online, at least 1. */
long amp_threads_default(void);

/** Prepares @p count threads, the caller's one included, and returns the host that runs jobs on
 *  them. @p threads outlives the host. A job may run jobs itself: it takes what is to spare. */
amp_host amp_threads_host(amp_threads *threads, long count);

#endif
