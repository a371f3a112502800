/* SPDX-License-Identifier: Apache-2.0 */
/** @file validate_bench.h  A schedule made by hand, its portfolio, and what the validator says. */
#ifndef AMP_TESTS_VALIDATE_BENCH_H
#define AMP_TESTS_VALIDATE_BENCH_H

#include "dispatch/validate.h"

#include "golden.h"

enum { INTERVALS = 4, LOADS = 4, TIERS = 4, SOURCES = 2, JOBS = 2, EDITS_MAX = 4 };

/** One array of the schedule. */
typedef enum {
    IMPORT,
    BLOCK,
    EXPORT,
    CHARGE,
    DISCHARGE,
    SOC,
    PRICE,
    STORED,
    MINED,
    FIRM,
    SOFT,
    SERVING,
    GAS,
    SUN,
    TIER_MINED,
    TIER_SOFT,
    TIER_DEAR,
    TIER_CHEAP,
    ARRAYS,
    /* Of the site with jobs, which has one load and no generators. */
    HALL = MINED,
    LLM = FIRM,
    SMALL = SOFT
} array;

/** A portfolio with its problem, and a schedule of one's own. */
typedef struct {
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
    amp_market *market;
    amp_arena *arena;
    amp_site_problem problem;
    double number[ARRAYS][INTERVALS];
    double *load[LOADS];
    double *source[SOURCES];
    double *tier[TIERS];
    double *job[JOBS];
    amp_schedule schedule;
} bench;

/** One way to break the schedule: other limits in the file, or other numbers in the schedule. */
typedef struct {
    const char *from, *to; /* in the text of the portfolio */
    struct {
        array array;
        size_t t;
        double by;
    } edit[EDITS_MAX];
    const char *want;
} broken;

/** A wrong number in the accounts. */
typedef struct {
    size_t offset;
    double by;
    const char *want;
} wrong_account;

/** Reads @p portfolio with the first @p from in its text replaced by @p to; NULL leaves it. The
 *  numbers of the schedule are all 0. */
void bench_read(bench *b, const char *portfolio, const char *from, const char *to);
void bench_close(bench *b);

/** The schedule with @p accounts, as the validator takes it; lives as long as both. */
amp_settled_schedule bench_settled(const bench *b, const amp_accounts *accounts);

/** Validates, and compares all that is said with @p want. */
amp_violation bench_expect(bench *b, const amp_accounts *accounts, const char *want);

/** Edits the numbers, settles accounts that follow the schedule, broken or not, and expects what is
 *  said of it. */
void bench_break(bench *b, const broken *c);

/** Adds @p by to the number at @p offset. */
void bench_add_at(amp_accounts *accounts, size_t offset, double by);

#endif
