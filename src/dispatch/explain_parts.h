/* SPDX-License-Identifier: Apache-2.0 */
/** @file explain_parts.h  What the files of the explanation share; private to them. */
#ifndef AMP_DISPATCH_EXPLAIN_PARTS_H
#define AMP_DISPATCH_EXPLAIN_PARTS_H

#include "dispatch/explain.h"

#include <math.h>

/* Prices and powers that differ by less than this share are the same. Peaks and jobs are found by
 * mixing schedules, which leaves powers a little short of their limits. */
#define AMP_SAME_PRICE_SHARE 1e-7
#define AMP_SAME_POWER_SHARE 1e-5

typedef struct {
    const amp_explain_request *request;
    const amp_site_problem *problem;
    amp_site_problem priced; /* the same without restarts, at the prices of starts */
    const amp_schedule *schedule;
    amp_explanation *out;
} amp_explainer;

static inline bool amp_explain_is_full(double took, double could)
{
    return took >= could - AMP_SAME_POWER_SHARE * fmax(could, fmin(1.0, 100.0 * could));
}

static inline bool amp_explain_is_same_price(double a, double b)
{
    return fabs(a - b) <= AMP_SAME_PRICE_SHARE * fmax(1.0, fabs(b));
}

static inline bool amp_explain_is_dearer(double a, double b)
{
    return a > b && !amp_explain_is_same_price(a, b);
}

/** Whether import is at the connection's limit in interval @p t. */
bool amp_explain_connection_full(const amp_explainer *e, size_t t);

/** Import as the meter averages it around interval @p t. */
double amp_explain_metered_mw(const amp_explainer *e, size_t t);

/** The peak that import is up against in interval @p t, below the connection's limit; or NULL. */
const amp_explained_peak *amp_explain_peak_reached(const amp_explainer *e, size_t t);

/** The interval that was asked for. @return false without memory */
bool amp_explain_interval(amp_explainer *e);

/** What intervals [first, end) earned. @return false without memory */
bool amp_explain_span(amp_explainer *e, size_t first, size_t end, amp_explained_span *out);

/** What one degree less outdoors would earn, where PUE depends on it. */
amp_status amp_explain_cooling(amp_explainer *e, const amp_margins_options *options);

#endif
