/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/explain.h"

static void add_bill(amp_lease_bill *sum, const amp_lease_bill *bill)
{
    sum->it_mwh += bill->it_mwh;
    sum->bus_mwh += bill->bus_mwh;
    sum->fee_usd += bill->fee_usd;
    sum->reimbursed_usd += bill->reimbursed_usd;
    sum->energy_usd += bill->energy_usd;
    sum->demand_usd += bill->demand_usd;
    sum->take_mwh += bill->take_mwh;
    sum->take_usd += bill->take_usd;
    sum->counted_h += bill->counted_h;
    sum->outage_h += bill->outage_h;
    sum->credit_usd += bill->credit_usd;
    sum->penalty_usd += bill->penalty_usd;
    sum->replaced_usd += bill->replaced_usd;
    sum->net_usd += bill->net_usd;
}

static amp_explained_lease explain_lease(const amp_site_problem *problem,
                                         const amp_schedule *schedule, size_t i)
{
    const amp_lease_terms *terms = &problem->lease[i];
    const amp_load *load = &problem->load[terms->load];
    const double *load_mw = schedule->load_mw[terms->load];
    amp_explained_lease lease = {.hall = load->id,
                                 .tenant = terms->clause->tenant,
                                 .has_clauses = amp_lease_has_clauses(terms->clause)};
    for (size_t m = 0; m < terms->month_count; m++) {
        const amp_lease_bill bill = amp_lease_settle(problem, schedule, i, m);
        add_bill(&lease.sum, &bill);
    }
    for (size_t t = 0; t < problem->interval_count; t++) {
        const double cut_mw = load->cut > 0 ? schedule->source_mw[load->cut - 1][t] : 0.0;
        const double wanted_mw = amp_column_at(load->demand_mw, t) - cut_mw;
        lease.wanted_it_mwh += wanted_mw * amp_column_at(load->it_per_mwh, t) * problem->interval_h;
        lease.bought_usd +=
            load_mw[t] * problem->interval_h * schedule->internal_price_usd_per_mwh[t];
    }
    return lease;
}

const amp_explained_lease *amp_explain_leases(const amp_site_problem *problem,
                                              const amp_schedule *schedule, amp_arena *arena)
{
    amp_explained_lease *lease = AMP_ARENA_NEW(arena, amp_explained_lease, problem->lease_count);
    for (size_t i = 0; i < problem->lease_count && lease != NULL; i++)
        lease[i] = explain_lease(problem, schedule, i);
    return lease;
}
