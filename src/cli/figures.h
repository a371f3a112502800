/* SPDX-License-Identifier: Apache-2.0 */
/** @file figures.h  What tables and pictures show of an answer: sums, shares, hours, buckets. */
#ifndef AMP_CLI_FIGURES_H
#define AMP_CLI_FIGURES_H

#include "cli/picture.h"
#include "dispatch/answer.h"

/** What flows at the bus of a site; what comes in first. */
typedef enum {
    AMP_FLOW_IMPORT,
    AMP_FLOW_GENERATION,
    AMP_FLOW_DISCHARGE,
    AMP_FLOW_LEASE,
    AMP_FLOW_INFERENCE,
    AMP_FLOW_TRAINING,
    AMP_FLOW_MINING,
    AMP_FLOW_CHARGE,
    AMP_FLOW_EXPORT,
    AMP_FLOW_COUNT
} amp_flow;

/** One flow over the horizon. */
typedef struct {
    double energy_mwh;
    double capacity_mwh; /**< what its limits would have let through */
    double time_share;   /**< of the intervals in which anything flows */
    double peak_mw;
} amp_flow_figures;

enum { AMP_BUCKETS_MAX = AMP_PICTURE_MARKS_MAX };

/** The horizon cut into at most so many equal parts; the last may be shorter. */
typedef struct {
    size_t count;
    size_t intervals; /**< in each but the last */
    int64_t length_s;
} amp_buckets;

/** One site. */
typedef struct {
    amp_flow_figures flow[AMP_FLOW_COUNT];
    double hour_mw[AMP_DAY_HOURS][AMP_USE_COUNT]; /**< mean in each local hour; NaN for none */
    /** Money of the bucket's intervals. What is due once, a demand charge or a job's penalty, is
     *  spread over its month or window. */
    double bucket_usd[AMP_BUCKETS_MAX];
    double bucket_price_usd_per_mwh[AMP_BUCKETS_MAX]; /**< mean internal price */
} amp_site_figures;

/** Buckets of a customary length, at most @p most of them (1..AMP_BUCKETS_MAX). */
amp_buckets amp_buckets_choose(const amp_site_problem *problem, size_t most);

/** Works out the figures of one feasible site. The money of all buckets and the worth of what is
 *  stored at the end add up to the site's objective. AMP_OK or AMP_NOMEM; AMP_PARSE for a time
 *  zone that cannot be opened. */
amp_status amp_figures_make(const amp_site_answer *site, amp_buckets buckets,
                            amp_site_figures *out);

#endif
