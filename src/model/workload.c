/* SPDX-License-Identifier: Apache-2.0 */
/* Power caps of GPUs: curves as they are written, and what their keys must have together. */
#include "model/reader.h"

#include "base/text.h"

#include <string.h>

/* Elements of a curve that have no key of their own. */
static const amp_key power_key = {
    .row = {.unit = "MW", .type = "quantity"}, .range = AMP_RANGE_POSITIVE, .takes_share = true};
static const amp_key throughput_key = {.row = {.unit = "1", .type = "number"},
                                       .range = AMP_RANGE_NOT_NEGATIVE};

enum { NUMBER_BYTES = 32 };

/* ---- the curve ---- */

static bool read_point(amp_reader *reader, amp_yaml_node *node, amp_cap_point *point,
                       bool *is_share)
{
    amp_value power = {.is_share = false};
    if (node->shape == AMP_YAML_BROKEN)
        return false;
    if (node->shape != AMP_YAML_LIST || node->count != 2) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, "",
                          "each entry of 'curve' must be [power, throughput], such as "
                          "[250 W, 87 %%]");
        return false;
    }
    const bool has_power = amp_reader_value(reader, &power_key, node->first, &power);
    if (!amp_reader_number(reader, &throughput_key, node->last, &point->throughput) || !has_power)
        return false;
    point->power = power.number;
    *is_share = power.is_share;
    return true;
}

/* Powers in watts or all as shares; reports the first that is not like the one before. */
static bool read_points(amp_reader *reader, const amp_yaml_node *list, amp_cap_point *point,
                        bool *is_share)
{
    size_t good_count = 0;
    bool is_mixed = false;
    for (amp_yaml_node *child = list->first; child != NULL; child = child->next) {
        bool one = false;
        if (!read_point(reader, child, &point[child->index], &one))
            continue;
        if (good_count > 0 && one != *is_share && !is_mixed) {
            amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, child->first,
                              "write all powers in W, or all in %",
                              "powers of 'curve' are shares in one point and watts in another");
            is_mixed = true;
        }
        *is_share = one;
        good_count++;
    }
    return good_count == list->count && !is_mixed;
}

static void report_fall(amp_reader *reader, const amp_yaml_node *entry, const char *what,
                        const double pair[2], const char *advice)
{
    char number[2][NUMBER_BYTES];
    amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, entry, advice,
                      "%s of 'curve' must rise, but %s follows %s", what,
                      amp_text_format_number(pair[1], number[0]),
                      amp_text_format_number(pair[0], number[1]));
}

/* In the numbers of the file: watts, or % for shares. */
static double shown_power(const amp_cap_curve *curve, size_t i)
{
    return curve->point[i].power * (curve->is_share ? 1e2 : 1e6);
}

static void check_rising(amp_reader *reader, const amp_yaml_node *list, const amp_cap_curve *curve)
{
    const amp_yaml_node *entry = list->first->next;
    for (size_t i = 1; i < curve->count; i++, entry = entry->next) {
        const amp_cap_point *before = &curve->point[i - 1];
        const amp_cap_point *here = &curve->point[i];
        if (here->power <= before->power)
            report_fall(reader, entry->first, curve->is_share ? "powers (%)" : "powers (W)",
                        (const double[2]){shown_power(curve, i - 1), shown_power(curve, i)},
                        "order the points by power");
        else if (here->throughput <= before->throughput)
            report_fall(reader, entry->last, "throughputs",
                        (const double[2]){before->throughput, here->throughput},
                        "leave out a point that takes more power for no more throughput");
    }
}

static void check_end(amp_reader *reader, const amp_yaml_node *list, const amp_cap_curve *curve)
{
    if (curve->is_share && !amp_same(curve->point[curve->count - 1].power, 1.0))
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, list->last->first,
                          "end with [100 %, ...], or write powers in W",
                          "the last power of 'curve' must be 100 %%: it is full power");
}

void amp_read_cap_curve(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_cap_curve curve = {.count = node->count, .place = node->place};
    if (!amp_reader_expect(reader, node, AMP_YAML_LIST))
        return;
    if (node->count < 2) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node,
                          "such as [[100 W, 23 %], [400 W, 100 %]]",
                          "'curve' needs two points at least: the smallest cap and full power");
        return;
    }
    amp_cap_point *point = AMP_ARENA_NEW(reader->arena, amp_cap_point, node->count);
    if (point == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    if (!read_points(reader, node, point, &curve.is_share))
        return;
    curve.point = point;
    check_rising(reader, node, &curve);
    check_end(reader, node, &curve);
    amp_reader_store(key, target, &curve, sizeof curve);
}

/* ---- what keys mean together ---- */

static void conflict(amp_reader *reader, const amp_yaml_node *mapping, const char *name,
                     const char *advice, const char *words)
{
    const amp_yaml_node *node = amp_yaml_get(mapping, name);
    amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, node->key_place, node, advice, "%s", words);
}

static bool is_given(const amp_yaml_node *mapping, const char *name)
{
    return amp_yaml_get(mapping, name) != NULL;
}

static void check_floor(amp_reader *reader, const amp_yaml_node *node)
{
    if (is_given(node, "floor") && is_given(node, "flex_tier"))
        conflict(reader, node, "flex_tier", "keep one of them",
                 "'flex_tier' beside 'floor': a flex tier is a floor");
}

static void require_curve(amp_reader *reader, const amp_yaml_node *node)
{
    static const char *const needs[] = {"floor", "flex_tier", "pausable"};
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        if (is_given(node, needs[i])) {
            amp_reader_report_missing(reader, node, "curve",
                                      "say what a cap costs, such as 'curve: [[25 %, 23 %], "
                                      "[100 %, 100 %]]'");
            return;
        }
}

void amp_check_inference(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_inference *inference = target;
    check_floor(reader, node);
    if (!is_given(node, "curve")) {
        require_curve(reader, node);
        return;
    }
    for (size_t i = 0; i < inference->step_count; i++) {
        const amp_value *value = &inference->step[i].value_usd_per_mwh;
        if (value->series == AMP_NONE && value->number < 0.0)
            conflict(reader, node, "value", "give values of 0 USD/MWh or more, or remove 'curve'",
                     "a value below 0 has no meaning beside 'curve'");
    }
}

void amp_check_workload(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_workload *workload = target;
    const bool has_gpus = is_given(node, "gpus");
    check_floor(reader, node);
    if (has_gpus && is_given(node, "power"))
        conflict(reader, node, "power", "keep one of them",
                 "'power' beside 'gpus': the curve says what a GPU draws");
    if (!has_gpus && !is_given(node, "power"))
        amp_reader_report_missing(reader, node, "gpus",
                                  "say how many GPUs it has, or what they draw together: 'power'");
    if (has_gpus && amp_reader_has(node, "curve") && workload->caps.curve.is_share)
        conflict(reader, node, "gpus", "write powers in W, or 'power' in place of 'gpus'",
                 "'gpus' beside a curve in shares: what does one of them draw?");
}

/* ---- a hall ---- */

static const amp_flex_tier *find_tier(const amp_hall *hall, const char *id)
{
    for (size_t i = 0; i < hall->flex_tier_count; i++)
        if (hall->flex_tier[i].id != NULL && strcmp(hall->flex_tier[i].id, id) == 0)
            return &hall->flex_tier[i];
    return NULL;
}

static void report_tier(amp_reader *reader, const amp_yaml_node *node, const amp_hall *hall,
                        const char *id)
{
    char advice[160] = "the hall has no 'flex_tiers': add them, or write 'floor: 90 %'";
    const char **ids = AMP_ARENA_NEW(reader->arena, const char *, hall->flex_tier_count);
    size_t count = 0;
    if (ids == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    for (size_t i = 0; i < hall->flex_tier_count; i++)
        if (hall->flex_tier[i].id != NULL)
            ids[count++] = hall->flex_tier[i].id;
    const char *nearest = amp_text_nearest(id, ids, count);
    if (nearest != NULL)
        (void)snprintf(advice, sizeof advice, "did you mean '%s'?", nearest);
    else if (count > 0)
        (void)snprintf(advice, sizeof advice, "one of 'flex_tiers', such as '%s'", ids[0]);
    amp_reader_report(reader, AMP_CODE_WRONG_WORD, amp_yaml_get(node, "flex_tier"), advice,
                      "'flex_tier: %s' is no flex tier of the hall", id);
}

/* The floor of a flex tier is that of all who name it: one number of the file. */
static void resolve(amp_reader *reader, const amp_yaml_node *node, const amp_hall *hall,
                    amp_caps *caps)
{
    if (node == NULL || caps->flex_tier == NULL || is_given(node, "floor"))
        return;
    const amp_flex_tier *tier = find_tier(hall, caps->flex_tier);
    if (tier == NULL)
        report_tier(reader, node, hall, caps->flex_tier);
    else
        caps->floor = tier->floor;
}

static void check_power(amp_reader *reader, const amp_yaml_node *node, const amp_hall *hall)
{
    const double share_of_rounding = 1e-9;
    char number[2][NUMBER_BYTES];
    double sum_mw = 0.0;
    const amp_yaml_node *entry = amp_yaml_get(node, "workloads")->first;
    for (size_t i = 0; i < hall->workload_count; i++, entry = entry->next) {
        if (!amp_reader_has(entry, "curve") ||
            !(amp_reader_has(entry, "gpus") || amp_reader_has(entry, "power")) ||
            hall->workload[i].caps.curve.count == 0)
            return; /* reported */
        sum_mw += amp_workload_full_mw(&hall->workload[i]);
    }
    if (!amp_reader_has(node, "it_power") ||
        sum_mw <= hall->it_power_mw.number * (1.0 + share_of_rounding))
        return;
    amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, amp_yaml_get(node, "it_power"),
                      "raise it; a limit below full power is the connection's: 'import_limit'",
                      "the hall's workloads draw %s W at full power, but its 'it_power' is %s W",
                      amp_text_format_number(sum_mw * 1e6, number[0]),
                      amp_text_format_number(hall->it_power_mw.number * 1e6, number[1]));
}

void amp_check_hall_caps(amp_reader *reader, const amp_yaml_node *node, amp_hall *hall)
{
    const amp_yaml_node *list = amp_yaml_get(node, "workloads");
    if (is_given(node, "flex_tiers") && !amp_reader_has(node, "flex_tiers"))
        return;
    resolve(reader, amp_yaml_get(node, "inference"), hall, &hall->inference.caps);
    if (hall->workload_count == 0 || list == NULL)
        return;
    amp_workload *workload = AMP_ARENA_NEW(reader->arena, amp_workload, hall->workload_count);
    if (workload == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    memcpy(workload, hall->workload, hall->workload_count * sizeof *workload);
    const amp_yaml_node *entry = list->first;
    for (size_t i = 0; i < hall->workload_count; i++, entry = entry->next)
        resolve(reader, entry, hall, &workload[i].caps);
    hall->workload = workload;
    check_power(reader, node, hall);
}
