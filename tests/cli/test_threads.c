/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"

#include "cli/threads.h"

#include <pthread.h>

enum { JOBS = 500, INNER = 40 };

typedef struct {
    const amp_host *host;
    atomic_int runs[JOBS];
    atomic_int inner_runs;
    atomic_int at_once;
    atomic_int most_at_once;
} tally;

static void inner_job(void *argument, size_t i)
{
    tally *const counts = argument;

    (void)i;
    const int now = atomic_fetch_add(&counts->at_once, 1) + 1;
    int most = atomic_load(&counts->most_at_once);
    while (now > most && !atomic_compare_exchange_weak(&counts->most_at_once, &most, now)) {
    }
    atomic_fetch_add(&counts->inner_runs, 1);
    atomic_fetch_sub(&counts->at_once, 1);
}

static void job(void *argument, size_t i)
{
    tally *const counts = argument;

    atomic_fetch_add(&counts->runs[i], 1);
    counts->host->parallel(counts->host->context, INNER, inner_job, counts);
}

/* Every job once, on any number of threads, jobs within jobs included; never more at once than
 * there are threads. */
static void test_every_job_runs_once(void **state)
{
    static const long thread_counts[] = {1, 2, 7};
    (void)state;

    for (size_t k = 0; k < sizeof(thread_counts) / sizeof(thread_counts[0]); k++) {
        tally counts = {0};
        amp_threads threads;
        const amp_host host = amp_threads_host(&threads, thread_counts[k]);
        counts.host = &host;
        host.parallel(host.context, JOBS, job, &counts);
        host.parallel(host.context, 0, job, &counts);
        for (size_t i = 0; i < JOBS; i++)
            assert_int_equal(atomic_load(&counts.runs[i]), 1);
        assert_int_equal(atomic_load(&counts.inner_runs), JOBS * INNER);
        assert_in_range(atomic_load(&counts.most_at_once), 1, thread_counts[k]);
        assert_int_equal(atomic_load(&threads.spare), thread_counts[k] - 1);
    }
}

/* The clock of a time limit: not before, and from then on for good. */
static void test_host_stops_after_its_time(void **state)
{
    amp_threads threads;
    amp_host host = amp_threads_host(&threads, 1);
    (void)state;

    assert_null(host.should_stop);
    amp_threads_stop_after(&threads, 3600.0, &host);
    assert_false(host.should_stop(host.context));
    const double started_s = amp_clock_s();
    amp_threads_stop_after(&threads, 0.01, &host);
    while (!host.should_stop(host.context))
        assert_true(amp_clock_s() - started_s < 10.0);
    assert_true(amp_clock_s() - started_s >= 0.01);
    assert_true(host.should_stop(host.context));
}

static void test_default_is_at_least_one(void **state)
{
    (void)state;
    assert_in_range(amp_threads_default(), 1, 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_job_runs_once),
        cmocka_unit_test(test_host_stops_after_its_time),
        cmocka_unit_test(test_default_is_at_least_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
