/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch/connection.h"

#include <math.h>

double amp_connection_block_mw(const amp_connection *c)
{
    return c->block_usd < c->market_usd ? fmin(c->block_mw, c->import_mw) : 0.0;
}

double amp_connection_within_usd(const amp_connection *c, double import_mw)
{
    const double block_mw = fmin(amp_connection_block_mw(c), import_mw);
    return c->block_usd * block_mw + c->market_usd * (import_mw - block_mw);
}

/* ---- import alone, or export below it ---- */

static void set_plain_parts(const amp_connection *c, amp_connection_part *part)
{
    const double block_mw = amp_connection_block_mw(c);
    const double covered_mw = fmin(block_mw, c->within_mw);
    const double uncovered_mw = fmax(0.0, block_mw - c->within_mw);
    part[0] = (amp_connection_part){c->export_usd, c->export_mw, 0.0, 0.0};
    part[1] = (amp_connection_part){c->block_usd, covered_mw, 1.0, 0.0};
    part[2] = (amp_connection_part){c->market_usd, c->within_mw - covered_mw, 1.0, 0.0};
    part[3] = (amp_connection_part){c->beyond_usd, uncovered_mw, 1.0, c->beyond_usd - c->block_usd};
    part[4] = (amp_connection_part){c->beyond_usd, c->import_mw - c->within_mw - uncovered_mw, 1.0,
                                    c->beyond_usd - c->market_usd};
    part[5] = (amp_connection_part){c->beyond_usd, 0.0, 1.0, 0.0};
}

/* ---- both at once ---- */

enum { POINTS_MAX = AMP_CONNECTION_STEPS_MAX + 1 };

/* A corner of what the connection can do. */
typedef struct {
    double net_mw; /* import less export */
    double usd_per_h;
    double import_mw;
    double excess_usd;
} corner;

static corner at_share(const amp_connection *c, double share, double import_mw, double block_mw)
{
    const double market_mw = import_mw - block_mw;
    return (corner){.net_mw = import_mw - share * c->export_mw,
                    .usd_per_h = c->block_usd * block_mw + c->market_usd * market_mw -
                                 share * c->export_usd * c->export_mw,
                    .import_mw = import_mw};
}

static corner full_import(const amp_connection *c)
{
    const double within_usd = amp_connection_within_usd(c, c->within_mw);
    const double usd = within_usd + c->beyond_usd * (c->import_mw - c->within_mw);
    return (corner){.net_mw = c->import_mw,
                    .usd_per_h = usd,
                    .import_mw = c->import_mw,
                    .excess_usd = usd - amp_connection_within_usd(c, c->import_mw)};
}

/* Where a peak lets in no more than the agreement at @p share of export: the rest of import beyond.
 */
static corner beyond_block(const amp_connection *c, double share)
{
    corner at = at_share(c, share, c->within_mw, c->within_mw);
    const double beyond_mw = c->import_mw * (1.0 - share) - c->within_mw;
    at.net_mw += beyond_mw;
    at.import_mw += beyond_mw;
    at.usd_per_h += c->beyond_usd * beyond_mw;
    at.excess_usd = (c->beyond_usd - c->market_usd) * beyond_mw;
    return at;
}

/* Into its place by net power; of two at the same the cheaper one stays. */
static void insert(corner *list, size_t *count, corner added, double sliver_mw)
{
    size_t i = *count;
    for (; i > 0 && list[i - 1].net_mw > added.net_mw; i--)
        list[i] = list[i - 1];
    list[i] = added;
    ++*count;
    for (size_t k = i > 0 ? i - 1 : 0; k + 1 < *count && k <= i; k++) {
        if (list[k + 1].net_mw - list[k].net_mw > sliver_mw)
            continue;
        if (list[k + 1].usd_per_h < list[k].usd_per_h)
            list[k] = list[k + 1];
        for (size_t m = k + 1; m + 1 < *count; m++)
            list[m] = list[m + 1];
        --*count;
        return;
    }
}

static size_t find_corners(const amp_connection *c, corner *list)
{
    const double block_mw = amp_connection_block_mw(c);
    const double within_mw = c->within_mw;
    const double sliver_mw = 1e-12 * (c->import_mw + c->export_mw);
    const double kept = c->import_mw > 0.0 ? within_mw / c->import_mw : 0.0;
    size_t count = 0;
    insert(list, &count, at_share(c, 1.0, 0.0, 0.0), sliver_mw);
    insert(list, &count, full_import(c), sliver_mw);
    insert(list, &count, at_share(c, 0.0, 0.0, 0.0), sliver_mw);
    insert(list, &count, at_share(c, 0.0, within_mw, fmin(block_mw, within_mw)), sliver_mw);
    insert(list, &count, at_share(c, 1.0 - kept, within_mw, block_mw * kept), sliver_mw);
    if (block_mw > 0.0 && within_mw < block_mw) {
        const double share = 1.0 - within_mw / block_mw;
        insert(list, &count, at_share(c, share, within_mw, within_mw), sliver_mw);
        insert(list, &count, beyond_block(c, share), sliver_mw);
    } else if (block_mw > 0.0)
        insert(list, &count, at_share(c, 0.0, block_mw, block_mw), sliver_mw);
    return count;
}

/* Whether the middle one is on or above the line between the others. */
static bool is_above(const corner *a, const corner *middle, const corner *b)
{
    return (middle->usd_per_h - a->usd_per_h) * (b->net_mw - a->net_mw) >=
           (b->usd_per_h - a->usd_per_h) * (middle->net_mw - a->net_mw);
}

static bool set_pooled_parts(const amp_connection *c, amp_connection_part *part)
{
    corner list[POINTS_MAX];
    corner hull[POINTS_MAX];
    const size_t count = find_corners(c, list);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        while (kept > 1 && is_above(&hull[kept - 2], &hull[kept - 1], &list[i]))
            kept--;
        hull[kept++] = list[i];
    }
    for (size_t i = 0; i < AMP_CONNECTION_STEPS_MAX; i++) {
        part[i] = (amp_connection_part){.power_mw = 0.0};
        if (i + 1 >= kept)
            continue;
        const double width_mw = hull[i + 1].net_mw - hull[i].net_mw;
        part[i] = (amp_connection_part){
            .cost_usd_per_mwh = (hull[i + 1].usd_per_h - hull[i].usd_per_h) / width_mw,
            .power_mw = width_mw,
            .import_share = (hull[i + 1].import_mw - hull[i].import_mw) / width_mw,
            .excess_usd = (hull[i + 1].excess_usd - hull[i].excess_usd) / width_mw,
        };
    }
    return true;
}

double amp_connection_cheapest_usd(const amp_connection *c)
{
    if (c->within_mw <= 0.0)
        return c->beyond_usd;
    return amp_connection_block_mw(c) > 0.0 ? c->block_usd : c->market_usd;
}

bool amp_connection_parts(const amp_connection *c,
                          amp_connection_part part[AMP_CONNECTION_STEPS_MAX])
{
    if (c->export_mw > 0.0 && c->import_mw > 0.0 && c->export_usd > amp_connection_cheapest_usd(c))
        return set_pooled_parts(c, part);
    set_plain_parts(c, part);
    return false;
}

/* ---- what within_mw is worth ---- */

/* What all import earns at its best where another MW within costs @p worth_usd. */
static double import_usd_per_h(const amp_connection *c, double price, double worth_usd)
{
    const double block_mw = amp_connection_block_mw(c);
    const double block_usd = fmin(c->block_usd + worth_usd, c->beyond_usd);
    const double market_usd = fmin(c->market_usd + worth_usd, c->beyond_usd);
    return block_mw * fmax(0.0, price - block_usd) +
           (c->import_mw - block_mw) * fmax(0.0, price - market_usd);
}

static void sort(double *number, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const double moved = number[i];
        size_t j = i;
        for (; j > 0 && number[j - 1] > moved; j--)
            number[j] = number[j - 1];
        number[j] = moved;
    }
}

double amp_connection_within_worth(const amp_connection *c, double price, double *usd_per_h)
{
    enum { BREAKS = 5, TRIED = 2 * BREAKS - 1 };
    const double export_usd = fmax(0.0, (c->export_usd - price) * c->export_mw);
    double tried[TRIED] = {0.0, fmax(0.0, price - c->block_usd), fmax(0.0, price - c->market_usd),
                           fmax(0.0, c->beyond_usd - c->block_usd),
                           fmax(0.0, c->beyond_usd - c->market_usd)};
    size_t count = BREAKS;
    double best = 0.0;
    double least_usd = HUGE_VAL;
    sort(tried, BREAKS);
    for (size_t i = 0; i + 1 < BREAKS; i++) { /* where import earns as much as export does */
        const double above = import_usd_per_h(c, price, tried[i]) - export_usd;
        const double below = import_usd_per_h(c, price, tried[i + 1]) - export_usd;
        if (above > 0.0 && below < 0.0)
            tried[count++] = tried[i] + (tried[i + 1] - tried[i]) * above / (above - below);
    }
    for (size_t i = 0; i < count; i++) {
        const double usd =
            tried[i] * c->within_mw + fmax(export_usd, import_usd_per_h(c, price, tried[i]));
        if (usd < least_usd) {
            least_usd = usd;
            best = tried[i];
        }
    }
    *usd_per_h = least_usd;
    return best;
}
