/* SPDX-License-Identifier: Apache-2.0 */
/** @file schedule.h  What every asset of a site does in every interval. */
#ifndef AMP_DISPATCH_SCHEDULE_H
#define AMP_DISPATCH_SCHEDULE_H

#include "dispatch/coordinate.h"

/** One array an asset, one number an interval; MW at the bus. Owned by the schedule. */
typedef struct {
    size_t interval_count;
    size_t load_count;
    size_t source_count;
    double *import_mw; /**< all import, block included */
    double *block_mw;  /**< the part of import that agreements without resale cover */
    double *export_mw;
    double *charge_mw;
    double *discharge_mw;
    double *soc_mwh;                    /**< at the end of the interval */
    double *internal_price_usd_per_mwh; /**< value of one more MW at the bus: the lower end of the
                                             range of prices; 0 when it could not be used */
    double *stored_usd_per_mwh; /**< worth of one more MWh in the battery at the interval's end */
    double **load_mw;           /**< [load_count], in the order of amp_site_problem.load */
    double **source_mw;         /**< [source_count] */
    double **tier_mw;           /**< [tier_count] */
    double **job_mw; /**< [job_count] IT power; load_mw of their halls holds them at the bus */
    size_t job_count;
    double **reserve_mw;         /**< [reserve_count] held of each product */
    double **reserve_battery_mw; /**< [reserve_count] the battery's part of it */
    double *budget_usd;          /**< [budget_count] what one more unit of each budget would earn */
    double *start_usd; /**< [restart_count][interval_count] prices of starts: restart.h; NULL where
                            none cost anything */
    void *memory;
} amp_schedule;

/** Allocates every interval of @p solution by merit order. @p out is freed by
 *  amp_schedule_free(); AMP_NOMEM. */
amp_status amp_schedule_build(const amp_site_problem *problem, const amp_solution *solution,
                              const amp_host *host, amp_schedule *out);

/** The same of what amp_coordinate() found for @p problem. */
amp_status amp_schedule_build_coordinated(const amp_site_problem *problem,
                                          const amp_coordinated *found, amp_schedule *out);
void amp_schedule_free(amp_schedule *schedule);

#endif
