/* SPDX-License-Identifier: Apache-2.0 */
/** @file loading.h  Time to read and check a long portfolio. */
#ifndef AMP_BENCH_LOADING_H
#define AMP_BENCH_LOADING_H

#include <stddef.h>

/** Five and a half years in quarters of an hour, five series in five files. */
typedef struct {
    size_t interval_count;
    double plain_s; /**< CPU time to read, check, resample and compile; .csv */
    double gzip_s;  /**< the same; .csv.gz */
} bench_loading;

/** Writes the portfolio into @p folder and loads it. @return 0, or -1 (it is printed). */
int bench_loading_run(const char *folder, bench_loading *out);

#endif
