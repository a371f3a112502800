/* SPDX-License-Identifier: Apache-2.0 */
/* What tenants and the site pay each other, worked out from the words of each lease, month by
 * month: nothing here is shared with lease.c. Only which peaks there are, and what each is charged,
 * is taken from the accounts; their sum is held against the tariff elsewhere. */
#include "dispatch/validate_parts.h"

#include <math.h>
#include <stdlib.h>

static const double kw_per_mw = 1000.0;

/* One lease, with all that it is settled by in every interval. */
typedef struct {
    amp_validation *v;
    amp_calendar *calendar;
    amp_calendar *tariff; /* NULL without one */
    const amp_hall *hall;
    const amp_lease *lease;
    const double *bus_mw;
    const double *cut_mw; /* NULL: nothing may be cut */
    double *pue;          /* [count] */
    double *wanted_mw;    /* [count] IT */
    double *price;        /* [count] USD for a MWh of IT, before the cap */
    amp_column fee, it_mw, penalty;
    int64_t start_s, end_s; /* the month in hand */
    size_t first, end;
} contract;

static int64_t start_of(const amp_validation *v, size_t t)
{
    return v->portfolio->horizon.from_unix_s + (int64_t)t * v->portfolio->horizon.step_s;
}

static double it_mwh(const contract *c, size_t t)
{
    return c->bus_mw[t] / c->pue[t] * c->v->interval_h;
}

/* ---- money that follows the meter ---- */

static double seconds_in(const contract *c, int64_t from_s, int64_t to_s)
{
    const int64_t begin_s = from_s > c->start_s ? from_s : c->start_s;
    const int64_t stop_s = to_s < c->end_s ? to_s : c->end_s;
    return stop_s > begin_s ? (double)(stop_s - begin_s) : 0.0;
}

/* Share of the month that the horizon holds. */
static double month_held(const contract *c)
{
    const amp_horizon *horizon = &c->v->portfolio->horizon;
    return seconds_in(c, horizon->from_unix_s, horizon->to_unix_s) /
           (double)(c->end_s - c->start_s);
}

static void check_fee(const contract *c, amp_lease_bill *bill)
{
    for (size_t t = 0; t < c->v->count; t++) {
        const double s = seconds_in(c, start_of(c->v, t), start_of(c->v, t + 1));
        if (s > 0.0)
            bill->fee_usd += s / (double)(c->end_s - c->start_s) * kw_per_mw *
                             amp_column_at(c->it_mw, t) * amp_column_at(c->fee, t);
    }
}

static void check_energy(const contract *c, amp_lease_bill *bill)
{
    double usd = 0.0;
    for (size_t t = c->first; t < c->end; t++) {
        bill->it_mwh += it_mwh(c, t);
        bill->bus_mwh += it_mwh(c, t) * c->pue[t];
        usd += amp_validate_earn(c->v, it_mwh(c, t) * c->price[t]);
    }
    bill->pue = bill->it_mwh > 0.0 ? bill->bus_mwh / bill->it_mwh : (double)NAN;
    bill->pue_paid = (double)NAN;
    if (c->lease->energy != AMP_LEASE_PASS_THROUGH) {
        bill->energy_usd = usd;
        return;
    }
    bill->pue_paid = bill->pue;
    bill->reimbursed_usd = usd;
    if (c->lease->pue_cap.is_set && bill->pue > c->lease->pue_cap.number) {
        bill->pue_paid = c->lease->pue_cap.number;
        bill->reimbursed_usd = usd / bill->pue * bill->pue_paid;
    }
}

static void check_take(const contract *c, amp_lease_bill *bill)
{
    bool is_share = false;
    double contracted_mwh = 0.0;
    double wanted_mwh = 0.0;
    double price = 0.0;
    if (!c->lease->minimum_take.is_set || c->first == c->end)
        return;
    const amp_column number = c->lease->contracted_mw.is_set
                                  ? amp_validate_share(c->v, &c->lease->contracted_mw, &is_share)
                                  : c->it_mw;
    for (size_t t = c->first; t < c->end; t++) {
        const double full_mw = is_share ? amp_column_at(c->it_mw, t) : 1.0;
        contracted_mwh += amp_column_at(number, t) * full_mw * c->v->interval_h;
        wanted_mwh += c->wanted_mw[t] * c->v->interval_h;
        price += c->price[t] / (double)(c->end - c->first);
    }
    if (bill->pue > bill->pue_paid)
        price *= bill->pue_paid / bill->pue;
    bill->take_mwh = fmax(0.0, c->lease->minimum_take.number * contracted_mwh - wanted_mwh);
    bill->take_usd = price > 0.0 ? amp_validate_earn(c->v, bill->take_mwh * price) : 0.0;
}

/* ---- peaks ---- */

/* The tenant's part of what the site draws; all where it pays all. */
static double part_of(const contract *c, size_t t)
{
    const amp_schedule *s = c->v->schedule;
    double all_mw = s->charge_mw[t];
    if (c->lease->demand_charges == AMP_LEASE_DEMAND_TENANT)
        return 1.0;
    for (size_t i = 0; i < c->v->order->load_count; i++)
        all_mw += s->load_mw[i][t];
    return all_mw > 0.0 ? c->bus_mw[t] / all_mw : 0.0;
}

/* Mean import of the metering interval that starts with interval t. */
static double mean_import_mw(const contract *c, size_t t)
{
    const size_t end = amp_metered_end(c->v->order, t);
    double sum_mw = 0.0;
    for (size_t i = t; i < end; i++)
        sum_mw += c->v->schedule->import_mw[i];
    return sum_mw / (double)(end - t);
}

static double part_of_peak(const contract *c, const amp_peak *peak)
{
    const amp_site_problem *order = c->v->order;
    double highest_mw = 0.0;
    double sum = 0.0;
    double count = 0.0;
    if (c->lease->demand_charges == AMP_LEASE_DEMAND_TENANT)
        return 1.0;
    for (size_t t = peak->first; t < peak->end; t = amp_metered_end(order, t))
        highest_mw = fmax(highest_mw, amp_peak_counts(peak, t) ? mean_import_mw(c, t) : 0.0);
    for (size_t t = peak->first, end; t < peak->end; t = end) {
        end = amp_metered_end(order, t);
        if (!amp_peak_counts(peak, t) || mean_import_mw(c, t) < highest_mw * (1.0 - 1e-6))
            continue;
        for (size_t i = t; i < end; i++)
            sum += part_of(c, i);
        count += (double)(end - t);
    }
    return count > 0.0 ? sum / count : 0.0;
}

/* What an interval's import is charged for the system's peaks. */
static double system_usd(const contract *c, size_t t)
{
    const amp_column price = c->v->order->coincident_usd_per_mwh;
    if (price.value == NULL)
        return 0.0;
    return c->v->schedule->import_mw[t] * c->v->interval_h * amp_column_at(price, t);
}

static void check_demand(const contract *c, amp_lease_bill *bill)
{
    const amp_site_problem *order = c->v->order;
    if (c->lease->demand_charges == AMP_LEASE_DEMAND_SITE)
        return;
    for (size_t k = 0; k < order->peak_count; k++) {
        const int64_t at_s = start_of(c->v, order->peak[k].first);
        if (at_s < c->start_s || at_s >= c->end_s)
            continue;
        bill->demand_usd += part_of_peak(c, &order->peak[k]) *
                            amp_accounts_peak(order, c->v->schedule, k).charge_usd;
    }
    for (size_t t = c->first; t < c->end; t++)
        bill->demand_usd += part_of(c, t) * system_usd(c, t);
    (void)amp_validate_earn(c->v, bill->demand_usd);
}

/* ---- service ---- */

static bool is_looked_at(const contract *c, size_t t)
{
    bool is_excluded = false;
    for (size_t i = 0; i < c->lease->exclusion_count; i++)
        is_excluded = is_excluded || (c->lease->exclusion[i].from_unix_s <= start_of(c->v, t) &&
                                      c->lease->exclusion[i].to_unix_s > start_of(c->v, t));
    return !is_excluded;
}

/* IT MWh that the tenant lets the site cut, and that it did cut. */
static double cut_it_mwh(const contract *c, size_t t)
{
    return c->cut_mw == NULL ? 0.0 : c->cut_mw[t] * c->v->interval_h / c->pue[t];
}

/* IT MWh that were wanted, not given and not cut. */
static double missed_mwh(const contract *c, size_t t)
{
    const double wanted_mwh = c->wanted_mw[t] * c->v->interval_h;
    const double missed = wanted_mwh - it_mwh(c, t) - cut_it_mwh(c, t);
    return missed > 1e-12 * wanted_mwh ? missed : 0.0;
}

static void check_availability(const contract *c, amp_lease_bill *bill)
{
    const bool is_by_time = c->lease->availability_by == AMP_LEASE_BY_TIME;
    double wanted = 0.0;
    double missed = 0.0;
    for (size_t t = c->first; t < c->end; t++) {
        const double wanted_mwh = c->wanted_mw[t] * c->v->interval_h;
        if (!is_looked_at(c, t))
            continue;
        bill->counted_h += c->v->interval_h;
        wanted += is_by_time ? 1.0 : wanted_mwh;
        if (is_by_time)
            missed += missed_mwh(c, t) > 1e-6 * wanted_mwh ? 1.0 : 0.0;
        else
            missed += missed_mwh(c, t);
    }
    bill->outage_h = wanted > 0.0 ? missed / wanted * bill->counted_h : 0.0;
    const double late_h = bill->outage_h - c->lease->maintenance_h.number * month_held(c);
    bill->availability =
        late_h > 0.0 && bill->counted_h > 0.0 ? 1.0 - late_h / bill->counted_h : 1.0;
}

/* From the bottom of the list up. */
static double credit_for(const amp_lease *lease, double availability)
{
    double credit = 0.0;
    if (lease->credit_count == 0)
        return 0.0;
    double promised = lease->availability.number;
    if (!lease->availability.is_set)
        promised = lease->credit[0].credit > 0.0 ? 1.0 : lease->credit[0].availability;
    if (availability > promised - 1e-9)
        return 0.0;
    for (size_t k = lease->credit_count; k-- > 0;) {
        if (availability > lease->credit[k].availability - 1e-9 || k + 1 == lease->credit_count)
            credit = lease->credit[k].credit;
    }
    return credit < lease->credit_cap.number ? credit : lease->credit_cap.number;
}

/* By the hour: hours that are missing, less those that maintenance and the promise allow. */
static double credit_by_hour(const contract *c, const amp_lease_bill *bill)
{
    const amp_lease *lease = c->lease;
    const double promised = lease->availability.is_set ? lease->availability.number : 1.0;
    const double allowed_h = lease->maintenance_h.number * month_held(c);
    const double late_h =
        fmax(0.0, bill->outage_h - allowed_h) - (1.0 - promised) * bill->counted_h;
    if (late_h <= 1e-9 * bill->counted_h)
        return 0.0;
    return fmin(late_h * lease->credit_per_hour.number, lease->credit_cap.number);
}

static void check_service(const contract *c, amp_lease_bill *bill)
{
    const bool is_by_hour = c->lease->credit_per_hour.is_set;
    double penalty_usd = 0.0;
    check_availability(c, bill);
    for (size_t t = c->first; t < c->end && c->lease->penalty_usd_per_mwh.is_set; t++)
        penalty_usd += missed_mwh(c, t) * amp_column_at(c->penalty, t);
    *(is_by_hour || c->lease->credit_count > 0 ? &bill->replaced_usd : &bill->penalty_usd) =
        penalty_usd;
    bill->credit = is_by_hour ? credit_by_hour(c, bill) : credit_for(c->lease, bill->availability);
    bill->credit_usd = amp_validate_earn(c->v, bill->credit * bill->fee_usd);
}

/* ---- months and leases ---- */

static amp_lease_bill check_month(const contract *c)
{
    amp_lease_bill bill = {.fee_usd = 0.0};
    check_fee(c, &bill);
    check_energy(c, &bill);
    check_take(c, &bill);
    check_demand(c, &bill);
    check_service(c, &bill);
    (void)amp_validate_earn(c->v, bill.fee_usd);
    bill.net_usd = (bill.fee_usd - bill.credit_usd) + (bill.reimbursed_usd + bill.energy_usd) +
                   (bill.demand_usd + bill.take_usd) - bill.penalty_usd;
    return bill;
}

static void add_up(const contract *c, const amp_lease_bill *bill)
{
    amp_accounts *anew = &c->v->anew;
    const bool is_hard = !c->lease->penalty_usd_per_mwh.is_set;
    *(is_hard ? &anew->fixed_usd.energy_sold : &anew->revenue_usd.lease) += bill->energy_usd;
    anew->fixed_usd.lease_fee += bill->fee_usd;
    anew->fixed_usd.energy_reimbursed += bill->reimbursed_usd;
    anew->fixed_usd.demand_reimbursed += bill->demand_usd;
    anew->fixed_usd.minimum_take += bill->take_usd;
    anew->fixed_usd.service_credits -= bill->credit_usd;
    anew->fixed_usd.penalty_replaced += bill->replaced_usd;
}

/* One more line to be compared. */
static void keep(amp_validation *v, size_t lease, const contract *c, amp_lease_bill bill)
{
    amp_validate_lease_line *line =
        realloc(v->lease_line, (v->lease_line_count + 1) * sizeof *line);
    if (line == NULL) {
        v->status = AMP_NOMEM;
        return;
    }
    v->lease_line = line;
    const amp_civil at = amp_calendar_civil(c->calendar, c->start_s);
    line[v->lease_line_count++] = (amp_validate_lease_line){
        .lease = lease, .hall = c->hall->id, .year = at.year, .month = at.month, .bill = bill};
}

static void check_months(contract *c, size_t lease)
{
    const amp_horizon *horizon = &c->v->portfolio->horizon;
    c->end = 0;
    c->start_s = amp_calendar_month_start(c->calendar, horizon->from_unix_s, 0);
    for (; c->start_s < horizon->to_unix_s; c->start_s = c->end_s) {
        c->end_s = amp_calendar_month_start(c->calendar, c->start_s, 1);
        c->first = c->end;
        while (c->end < c->v->count && start_of(c->v, c->end) < c->end_s)
            c->end++;
        const amp_lease_bill bill = check_month(c);
        add_up(c, &bill);
        keep(c->v, lease, c, bill);
    }
}

/* What the tenant pays for a MWh of IT in every interval, and what it wants. */
static void fill(contract *c)
{
    amp_validation *v = c->v;
    const amp_supply *supply = &v->site->supply;
    const bool is_passed = c->lease->energy == AMP_LEASE_PASS_THROUGH;
    const bool is_fixed = c->lease->energy == AMP_LEASE_FIXED;
    bool is_share = false;
    const amp_column wanted = amp_validate_share(v, &c->lease->load, &is_share);
    const amp_column energy = amp_validate_column(v, is_fixed ? &c->lease->energy_price_usd_per_mwh
                                                              : &supply->energy_price_usd_per_mwh);
    const amp_column adder = amp_validate_column(v, &supply->adder_usd_per_mwh);
    amp_validate_pue(v, &c->hall->pue, c->pue);
    for (size_t t = 0; t < v->count; t++) {
        const double number = amp_column_at(wanted, t);
        c->wanted_mw[t] = is_share ? number * amp_column_at(c->it_mw, t) : number;
        if (is_passed)
            c->price[t] = (amp_column_at(energy, t) + amp_column_at(adder, t) +
                           amp_validate_tariff_price(v, c->tariff, t)) *
                          c->pue[t];
        else if (is_fixed)
            c->price[t] = amp_column_at(energy, t) *
                          (c->lease->energy_per == AMP_LEASE_PER_BUS ? c->pue[t] : 1.0);
    }
}

static void check_lease(amp_validation *v, amp_calendar *calendar, amp_calendar *tariff,
                        size_t load, size_t lease)
{
    const amp_hall *hall = &v->site->hall[v->order->load[load].asset];
    const uint32_t cut = v->order->load[load].cut;
    contract c = {.v = v,
                  .calendar = calendar,
                  .tariff = tariff,
                  .hall = hall,
                  .lease = &hall->lease,
                  .bus_mw = v->schedule->load_mw[load],
                  .cut_mw = cut > 0 ? v->schedule->source_mw[cut - 1] : NULL,
                  .pue = calloc(v->count, sizeof *c.pue),
                  .wanted_mw = calloc(v->count, sizeof *c.wanted_mw),
                  .price = calloc(v->count, sizeof *c.price),
                  .fee = amp_validate_column(v, &hall->lease.fee_usd_per_kw_month),
                  .it_mw = amp_validate_column(v, &hall->it_power_mw),
                  .penalty = amp_validate_column(v, &hall->lease.penalty_usd_per_mwh)};
    if (c.pue == NULL || c.wanted_mw == NULL || c.price == NULL) {
        v->status = AMP_NOMEM;
    } else {
        fill(&c);
        check_months(&c, lease);
    }
    free(c.pue);
    free(c.wanted_mw);
    free(c.price);
}

void amp_validate_leases(amp_validation *v)
{
    amp_calendar *calendar = NULL;
    amp_calendar *tariff = amp_validate_tariff_open(v);
    size_t lease = 0;
    const amp_status status = amp_calendar_open(v->site->time_zone, &calendar, NULL);
    if (status != AMP_OK)
        v->status = status;
    for (size_t i = 0; i < v->order->load_count && status == AMP_OK; i++) {
        if (v->order->load[i].kind == AMP_LOAD_LEASE)
            check_lease(v, calendar, tariff, i, lease++);
    }
    amp_calendar_close(tariff);
    amp_calendar_close(calendar);
}

/* ---- line against line ---- */

static const struct {
    const char *name;
    size_t offset;
    bool is_share; /* else USD or MWh */
} members[] = {
#define X(name_, is_share_)                                \
    {                                                      \
#name_, offsetof(amp_lease_bill, name_), is_share_ \
    }
    X(it_mwh, false),     X(bus_mwh, false),     X(fee_usd, false),      X(reimbursed_usd, false),
    X(energy_usd, false), X(demand_usd, false),  X(take_mwh, false),     X(take_usd, false),
    X(credit_usd, false), X(penalty_usd, false), X(replaced_usd, false), X(net_usd, false),
    X(counted_h, false),  X(outage_h, false),    X(availability, true),  X(credit, true),
#undef X
};

static double number_at(const amp_lease_bill *bill, size_t offset)
{
    return *(const double *)(const void *)((const char *)bill + offset);
}

static void compare(const amp_validation *v, const amp_validate_lease_line *line,
                    const amp_lease_bill *got, amp_diagnostics *diagnostics, bool *differs)
{
    const amp_finding finding = {.code = AMP_CODE_SCHEDULE_INVALID, .place = v->site->place};
    const double flow = v->flow_usd + v->flow_mwh;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const double is = number_at(got, members[i].offset);
        const double wanted = number_at(&line->bill, members[i].offset);
        if (fabs(is - wanted) <= (members[i].is_share ? 1e-9 : 1e-9 * flow + 1e-6))
            continue;
        (void)amp_report(diagnostics, &finding,
                         "site '%s': %s of the lease of hall '%s' in %04d-%02d is %.12g, but the "
                         "schedule gives %.12g",
                         v->site->id, members[i].name, line->hall, line->year, line->month, is,
                         wanted);
        *differs = true;
    }
}

void amp_validate_lease_lines(const amp_validation *v, amp_diagnostics *diagnostics, bool *differs)
{
    size_t month = 0;
    for (size_t i = 0; i < v->lease_line_count; i++) {
        const amp_validate_lease_line *line = &v->lease_line[i];
        month = i > 0 && line[-1].lease == line->lease ? month + 1 : 0;
        const amp_lease_bill got = amp_lease_settle(v->order, v->schedule, line->lease, month);
        compare(v, line, &got, diagnostics, differs);
    }
}
