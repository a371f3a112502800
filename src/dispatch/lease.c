/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/lease.h"

#include "dispatch/accounts.h"

#include <math.h>

/* Load that is short by less than this share of it is rounding, not unserved: accounts.c. */
static const double unserved_share_min = 1e-12;

/* An interval that is short by less than this share of its load is available. */
static const double outage_share_min = 1e-6;

/* Imports that differ by less than this share of the highest reach the peak together. */
static const double same_peak_share = 1e-6;

/* An availability that is short of a tier by less than this reaches it. */
static const double same_availability = 1e-9;

/* The lease and month that is settled. */
typedef struct {
    const amp_site_problem *problem;
    const amp_schedule *schedule;
    const amp_lease_terms *terms;
    const amp_lease *clause;
    const amp_lease_month *month;
    const amp_load *load;
    const double *load_mw;
    double h;
} settlement;

/* ---- energy ---- */

/* What import costs, the part for the system's peaks left out: demand_charges says who pays that.
 */
static double energy_usd_per_mwh(const amp_site_problem *problem, size_t t)
{
    const amp_column coincident = problem->coincident_usd_per_mwh;
    const double price = amp_column_at(problem->import_price_usd_per_mwh, t);
    return coincident.value == NULL ? price : price - amp_column_at(coincident, t);
}

/* Price of a MWh at the bus before the cap on PUE. */
static double price_usd_per_mwh(const settlement *s, size_t t)
{
    switch (s->clause->energy) {
    case AMP_LEASE_PASS_THROUGH:
        return energy_usd_per_mwh(s->problem, t);
    case AMP_LEASE_FIXED:
        return amp_column_at(s->terms->energy_usd_per_mwh, t);
    case AMP_LEASE_INCLUDED:
        break;
    }
    return 0.0;
}

/* Share of the energy at the bus that is within the cap on PUE. */
static double share_within_cap(const settlement *s, const amp_lease_bill *bill)
{
    if (!s->clause->pue_cap.is_set || bill->bus_mwh <= 0.0)
        return 1.0;
    return fmin(1.0, s->clause->pue_cap.number * bill->it_mwh / bill->bus_mwh);
}

static void settle_energy(const settlement *s, amp_lease_bill *bill)
{
    double usd = 0.0;
    for (size_t t = s->month->first; t < s->month->end; t++) {
        const double bus_mwh = s->load_mw[t] * s->h;
        bill->bus_mwh += bus_mwh;
        bill->it_mwh += bus_mwh * amp_column_at(s->load->it_per_mwh, t);
        usd += bus_mwh * price_usd_per_mwh(s, t);
    }
    const double share = share_within_cap(s, bill);
    bill->pue = bill->it_mwh > 0.0 ? bill->bus_mwh / bill->it_mwh : (double)NAN;
    bill->pue_paid = s->clause->energy == AMP_LEASE_PASS_THROUGH ? bill->pue * share : (double)NAN;
    if (s->clause->energy == AMP_LEASE_PASS_THROUGH)
        bill->reimbursed_usd = usd * share;
    else
        bill->energy_usd = usd;
}

/* Energy that was contracted and not wanted, at the mean price of the month. What was wanted and
 * not served is the site's doing. */
static void settle_minimum_take(const settlement *s, amp_lease_bill *bill)
{
    const size_t count = s->month->end - s->month->first;
    double short_mwh = 0.0;
    double price_sum = 0.0;
    if (!s->clause->minimum_take.is_set || count == 0)
        return;
    for (size_t t = s->month->first; t < s->month->end; t++) {
        const double it_per_mwh = amp_column_at(s->load->it_per_mwh, t);
        const double asked_mw =
            s->clause->minimum_take.number * amp_column_at(s->terms->contracted_mw, t);
        short_mwh += (asked_mw - amp_column_at(s->load->demand_mw, t) * it_per_mwh) * s->h;
        price_sum += price_usd_per_mwh(s, t) / it_per_mwh;
    }
    const double price = price_sum / (double)count * share_within_cap(s, bill);
    bill->take_mwh = fmax(0.0, short_mwh);
    bill->take_usd = bill->take_mwh * fmax(0.0, price);
}

/* ---- peaks ---- */

/* Part of what the site draws at the bus that the tenant draws. */
static double draw_share(const settlement *s, size_t t)
{
    double sum_mw = s->schedule->charge_mw[t];
    for (size_t i = 0; i < s->problem->load_count; i++)
        sum_mw += s->schedule->load_mw[i][t];
    return sum_mw > 0.0 ? s->load_mw[t] / sum_mw : 0.0;
}

/* The mean over the intervals of metering intervals that reach the peak. */
static double peak_share(const settlement *s, const amp_peak *peak, double import_mw)
{
    double sum = 0.0;
    size_t count = 0;
    if (s->clause->demand_charges == AMP_LEASE_DEMAND_TENANT)
        return 1.0;
    for (size_t t = peak->first; t < peak->end; t++) {
        const size_t first = amp_metered_first(s->problem, t);
        if (!amp_peak_counts(peak, t) ||
            amp_accounts_metered_mw(s->problem, s->schedule->import_mw, first) <
                import_mw * (1.0 - same_peak_share))
            continue;
        sum += draw_share(s, t);
        count++;
    }
    return count > 0 ? sum / (double)count : 0.0;
}

static double coincident_usd(const settlement *s)
{
    const amp_column price = s->problem->coincident_usd_per_mwh;
    const bool is_all = s->clause->demand_charges == AMP_LEASE_DEMAND_TENANT;
    double usd = 0.0;
    for (size_t t = s->month->first; t < s->month->end && price.value != NULL; t++) {
        const double due_usd = s->schedule->import_mw[t] * s->h * amp_column_at(price, t);
        if (fabs(due_usd) > 0.0)
            usd += due_usd * (is_all ? 1.0 : draw_share(s, t));
    }
    return usd;
}

static void settle_demand(const settlement *s, amp_lease_bill *bill)
{
    if (s->clause->demand_charges == AMP_LEASE_DEMAND_SITE)
        return;
    bill->demand_usd = coincident_usd(s);
    for (size_t k = 0; k < s->problem->peak_count; k++) {
        const amp_peak *peak = &s->problem->peak[k];
        if (peak->first < s->month->first || peak->first >= s->month->end)
            continue;
        const amp_peak_bill due = amp_accounts_peak(s->problem, s->schedule, k);
        bill->demand_usd += due.charge_usd * peak_share(s, peak, due.import_mw);
    }
}

/* ---- service ---- */

bool amp_lease_counts(const amp_site_problem *problem, const amp_lease *lease, size_t t)
{
    const int64_t start_s = problem->from_unix_s + (int64_t)t * problem->step_s;
    for (size_t i = 0; i < lease->exclusion_count; i++) {
        if (lease->exclusion[i].from_unix_s <= start_s && start_s < lease->exclusion[i].to_unix_s)
            return false;
    }
    return true;
}

/* MW at the bus that were wanted and not served, what the tenant has agreed to (a flexible load)
 * not among them. */
static double unserved_mw(const settlement *s, size_t t)
{
    const double demand_mw = amp_column_at(s->load->demand_mw, t);
    const double cut_mw = s->load->cut > 0 ? s->schedule->source_mw[s->load->cut - 1][t] : 0.0;
    const double short_mw = demand_mw - cut_mw - s->load_mw[t];
    return short_mw > unserved_share_min * demand_mw ? short_mw : 0.0;
}

static void settle_availability(const settlement *s, amp_lease_bill *bill)
{
    const double allowed_h = s->clause->maintenance_h.number * s->month->share;
    double wanted_mwh = 0.0;
    double missed_mwh = 0.0;
    for (size_t t = s->month->first; t < s->month->end; t++) {
        const double demand_mw = amp_column_at(s->load->demand_mw, t);
        const double it_per_mwh = amp_column_at(s->load->it_per_mwh, t);
        const double short_mw = unserved_mw(s, t);
        if (!amp_lease_counts(s->problem, s->clause, t))
            continue;
        bill->counted_h += s->h;
        wanted_mwh += demand_mw * it_per_mwh * s->h;
        missed_mwh += short_mw * it_per_mwh * s->h;
        if (s->clause->availability_by == AMP_LEASE_BY_TIME &&
            short_mw > outage_share_min * demand_mw)
            bill->outage_h += s->h;
    }
    if (s->clause->availability_by == AMP_LEASE_BY_ENERGY && wanted_mwh > 0.0)
        bill->outage_h = bill->counted_h * missed_mwh / wanted_mwh;
    bill->availability = 1.0;
    if (bill->counted_h > 0.0)
        bill->availability -= fmax(0.0, bill->outage_h - allowed_h) / bill->counted_h;
}

/* Share of the fee before the cap. */
static double credit_share(const amp_lease *clause, const amp_lease_bill *bill)
{
    const double reached = bill->availability + same_availability;
    const double promised = amp_lease_promise(clause);
    size_t k = 0;
    if (reached >= promised)
        return 0.0;
    if (clause->credit_per_hour.is_set)
        return clause->credit_per_hour.number * (promised - bill->availability) * bill->counted_h;
    if (clause->credit_count == 0)
        return 0.0;
    while (k + 1 < clause->credit_count && reached < clause->credit[k].availability)
        k++;
    return clause->credit[k].credit;
}

static void settle_service(const settlement *s, amp_lease_bill *bill)
{
    double penalty_usd = 0.0;
    settle_availability(s, bill);
    for (size_t t = s->month->first; t < s->month->end; t++)
        penalty_usd += unserved_mw(s, t) * amp_column_at(s->load->penalty_usd_per_mwh, t) * s->h;
    if (amp_lease_has_credits(s->clause))
        bill->replaced_usd = penalty_usd;
    else
        bill->penalty_usd = penalty_usd;
    bill->credit = fmin(credit_share(s->clause, bill), s->clause->credit_cap.number);
    bill->credit_usd = bill->credit * bill->fee_usd;
}

/* ---- all of it ---- */

amp_lease_bill amp_lease_settle(const amp_site_problem *problem, const amp_schedule *schedule,
                                size_t i, size_t m)
{
    const amp_lease_terms *terms = &problem->lease[i];
    const settlement s = {.problem = problem,
                          .schedule = schedule,
                          .terms = terms,
                          .clause = terms->clause,
                          .month = &terms->month[m],
                          .load = &problem->load[terms->load],
                          .load_mw = schedule->load_mw[terms->load],
                          .h = problem->interval_h};
    amp_lease_bill bill = {.fee_usd = s.month->fee_usd};
    settle_energy(&s, &bill);
    settle_minimum_take(&s, &bill);
    settle_demand(&s, &bill);
    settle_service(&s, &bill);
    bill.net_usd = bill.fee_usd + bill.reimbursed_usd + bill.energy_usd + bill.demand_usd +
                   bill.take_usd - bill.credit_usd - bill.penalty_usd;
    return bill;
}
