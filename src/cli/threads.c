/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/threads.h"

#include <math.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 1024 };

long amp_threads_default(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > THREADS_MAX ? THREADS_MAX : count;
}

/* Jobs that several threads take one after the other. */
typedef struct {
    void (*job)(void *argument, size_t i);
    void *argument;
    size_t count;
    atomic_size_t next;
} batch;

static void *work(void *context)
{
    batch *const jobs = context;

    for (;;) {
        const size_t i = atomic_fetch_add(&jobs->next, 1);
        if (i >= jobs->count)
            return NULL;
        jobs->job(jobs->argument, i);
    }
}

/* Takes up to @p wanted of the spare threads. */
static int take_spare(amp_threads *threads, size_t wanted)
{
    int spare = atomic_load(&threads->spare);
    int taken = 0;

    do {
        taken = (size_t)spare < wanted ? spare : (int)wanted;
    } while (!atomic_compare_exchange_weak(&threads->spare, &spare, spare - taken));
    return taken;
}

static void run_parallel(void *context, size_t count, void (*job)(void *argument, size_t i),
                         void *argument)
{
    amp_threads *const threads = context;
    batch jobs = {.job = job, .argument = argument, .count = count};
    pthread_t helper[THREADS_MAX];
    int started = 0;
    const int taken = count > 1 ? take_spare(threads, count - 1) : 0;

    /* A thread that cannot be started is no error: the others do its work. */
    while (started < taken && pthread_create(&helper[started], NULL, work, &jobs) == 0)
        started++;
    work(&jobs);
    for (int i = 0; i < started; i++)
        (void)pthread_join(helper[i], NULL);
    atomic_fetch_add(&threads->spare, taken);
}

amp_host amp_threads_host(amp_threads *threads, long count)
{
    atomic_init(&threads->spare, (int)(count - 1));
    threads->stop_at_s = HUGE_VAL;
    return (amp_host){.context = threads, .parallel = run_parallel};
}

double amp_clock_s(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool is_time_up(void *context)
{
    const amp_threads *const threads = context;
    return amp_clock_s() >= threads->stop_at_s;
}

void amp_threads_stop_after(amp_threads *threads, double seconds, amp_host *host)
{
    threads->stop_at_s = amp_clock_s() + seconds;
    host->should_stop = is_time_up;
}
