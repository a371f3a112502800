/* SPDX-License-Identifier: Apache-2.0 */
/** @file accounts.h  What a schedule earns: money and energy of one site, line by line. */
#ifndef AMP_DISPATCH_ACCOUNTS_H
#define AMP_DISPATCH_ACCOUNTS_H

#include "dispatch/schedule.h"

/**
 * Money and energy of one site over the horizon: USD, MWh, MW; energy at the bus unless it says
 * otherwise. Cost is what revenue is reduced by; at negative prices it is negative.
 */
typedef struct {
    double objective_usd; /**< sum of revenue - sum of cost + stored_energy_usd, exactly: what one
                               gets who adds up the lines in their order */
    struct {
        double mining, lease, inference, training, export, reserve;
    } revenue_usd; /**< lease: energy at a fixed price to tenants who need not be served */
    struct {
        double energy; /**< import at the energy price + adder; what agreements cover, the adder */
        double demand_charge; /**< each peak's charge on its highest import or what it was before */
        double coincident_peak; /**< what all import is expected to be charged for system peaks */
        double generation;
        double wear;    /**< of the battery, charge and discharge, and of machines started */
        double penalty; /**< for load of leases and inference that was wanted and not served, and
                             for the share of jobs that was not; and what tenants are credited for
                             load that they let the site cut */
        double tax;     /**< on what mining or halls take, by a tariff that taxes uses apart; of
                             hard loads it is in fixed_usd.tariff, less here for what is cut */
    } cost_usd;
    double stored_energy_usd; /**< worth of what is stored at the end, where the end is free */
    struct {
        double lease_fee;         /**< by the hours of each local month that the horizon holds */
        double energy_reimbursed; /**< what tenants pay back for the energy of their load */
        double energy_sold;       /**< at a fixed price to tenants who must be served */
        double demand_reimbursed; /**< what tenants pay of cost_usd.demand_charge and
                                       .coincident_peak */
        double minimum_take;      /**< what tenants pay for energy that they did not want */
        double service_credits;   /**< to tenants, by availability; not above 0 */
        double penalty_replaced;  /**< the part of cost_usd.penalty that service credits stand for:
                                       dispatch saw it, but it is not due */
        double blocks; /**< agreements: what resale brings at the energy price, less their price */
        double tariff; /**< what a tariff takes whatever is dispatched; below 0 */
    } fixed_usd;       /**< outside the objective */
    struct {
        double import, export, mining, lease, inference, training, charge, discharge, generation;
    } energy_mwh;
    struct {
        double lease, inference, training;
    } it_mwh;               /**< of IT, without what cooling takes */
    double unserved_it_mwh; /**< of leases, inference and jobs */
    double cut_it_mwh;      /**< of leases, for a credit; not in unserved_it_mwh */
    double curtailed_mwh;   /**< of generators with cost 0: what they could have given */
    double peak_import_mw;
    double price_mean_usd_per_mwh; /**< internal price */
    double price_max_usd_per_mwh;
} amp_accounts;

/*
 * A schedule is settled in two steps. The first adds up every line that a schedule moves, and what
 * tenants pay: long sums, for which no market is needed, so that sites are settled side by side.
 * The second adds the one line that no schedule moves. Each line is written by one of them alone.
 */

/**
 * Adds up @p schedule: compensated sums, in the order of the intervals. fixed_usd.blocks is 0.
 * Pure: no errors, safe from any thread.
 *
 * @param problem whose loads, tiers and sources @p schedule follows
 */
amp_accounts amp_accounts_settle(const amp_site_problem *problem, const amp_schedule *schedule);

/** What one peak is charged. */
typedef struct {
    double import_mw; /**< highest mean import of its metering intervals that count, block included
                       */
    size_t interval;  /**< where the first one with that import starts; the peak's first where all
                           are 0 */
    double
        billed_mw; /**< the highest of import_mw, the peak's start_mw and shares of other peaks */
    size_t set_by; /**< the peak whose import sets billed_mw; AMP_SET_BY_START (billing.h): none,
                        but start_mw does */
    double charge_usd;
} amp_peak_bill;

/** Mean import of the metering interval that starts with interval @p t. */
double amp_accounts_metered_mw(const amp_site_problem *problem, const double *import_mw, size_t t);

/** Bill of peak @p k of @p problem; all of them make cost_usd.demand_charge. Pure. */
amp_peak_bill amp_accounts_peak(const amp_site_problem *problem, const amp_schedule *schedule,
                                size_t k);

/** What one job got and brought. Energies are IT. */
typedef struct {
    double served_mwh;
    double unserved_mwh; /**< 0 where only rounding is missing */
    double value_usd;    /**< earned by what was served, its penalty not taken off */
    double penalty_usd;
} amp_job_bill;

/** Bill of job @p j of @p problem; all of them make revenue_usd.training and their part of
 *  cost_usd.penalty. Pure. */
amp_job_bill amp_accounts_job(const amp_site_problem *problem, const amp_schedule *schedule,
                              size_t j);

/** What GPUs that may be capped did. Energies are IT; work is the energy it takes at full power. */
typedef struct {
    double it_mwh;
    double full_it_mwh; /**< what it would have taken uncapped */
    double work_it_mwh;
    double undone_it_mwh;    /**< work wanted and not done */
    double least_throughput; /**< share of full throughput, in any interval */
    double value_usd;        /**< earned by the work, its penalty not taken off */
    double penalty_usd;
} amp_workload_bill;

/** Bill of load @p i of @p problem, one with `capping`; all of them make their parts of
 *  revenue_usd.inference, revenue_usd.training and cost_usd.penalty. Pure. */
amp_workload_bill amp_accounts_workload(const amp_site_problem *problem,
                                        const amp_schedule *schedule, size_t i);

/** What one budget gave. In its own unit, problem.h. */
typedef struct {
    double used;
    double price_usd; /**< what one more unit of it would earn; NaN at a limit of 0, whose first
                          unit no price was found for */
} amp_budget_bill;

/** Bill of budget @p i of @p problem; no line of the accounts is made of it. Pure. */
amp_budget_bill amp_accounts_budget(const amp_site_problem *problem, const amp_schedule *schedule,
                                    size_t i);

/** What one product of reserve brought, and who held it: MW times hours. */
typedef struct {
    double held_mwh;
    double mining_mwh;
    double inference_mwh;
    double battery_mwh;
    double mean_usd_per_mwh; /**< paid for a MW and hour, on average; 0 where nothing is held */
    double revenue_usd;
} amp_reserve_bill;

/** Bill of product @p r of @p problem; all of them make revenue_usd.reserve. What loads hold is
 *  mining first: it is what is shed first. Pure. */
amp_reserve_bill amp_accounts_reserve(const amp_site_problem *problem, const amp_schedule *schedule,
                                      size_t r);

/** What one fleet's starts are. */
typedef struct {
    double started_mw; /**< of machines at full power, summed over all starts */
    double fleets;     /**< the same in fleets, by the fleet's highest power in the horizon */
    double lost_usd;   /**< hashing done without, taken off revenue_usd.mining */
    double wear_usd;   /**< a part of cost_usd.wear */
} amp_restart_bill;

/** Bill of restart @p i of @p problem. Pure. */
amp_restart_bill amp_accounts_restart(const amp_site_problem *problem, const amp_schedule *schedule,
                                      size_t i);

/**
 * Writes fixed_usd.blocks, which holds whatever is dispatched. Reads columns of the market: one
 * thread at a time. On an error @p accounts stays as it was.
 *
 * @param site index into portfolio->site
 * @return AMP_OK, AMP_NOMEM
 */
amp_status amp_accounts_add_fixed(const amp_portfolio *portfolio, size_t site, amp_market *market,
                                  amp_accounts *accounts);

#endif
