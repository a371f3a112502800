/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a site that may be written in more than one shape. */
#include "model/reader.h"

#include "base/text.h"
#include "base/time.h"

#include <stdio.h>

/* Elements of lists that have no key of their own. */
static const amp_key outdoor_key = {
    .row = {.unit = "degC", .type = "quantity"}, .range = AMP_RANGE_ANY, .may_be_bare = true};
static const amp_key pue_key = {.row = {.unit = "1", .type = "number"},
                                .range = AMP_RANGE_AT_LEAST_ONE};
static const amp_key share_key = {.row = {.unit = "%", .type = "quantity"},
                                  .range = AMP_RANGE_SHARE_POSITIVE};

static void *field_of(const amp_key *key, void *target)
{
    return (char *)target + key->field;
}

/* ---- dated steps ---- */

static void check_rising(amp_reader *reader, const amp_yaml_node *list, const amp_steps *steps)
{
    const amp_yaml_node *entry = list->first;
    for (size_t i = 0; i < steps->count; i++, entry = entry->next) {
        if (i == 0 || steps->step[i].from_unix_s > steps->step[i - 1].from_unix_s)
            continue;
        char times[2][AMP_TIME_TEXT_BYTES];
        const amp_yaml_node *from = amp_yaml_get(entry, "from");
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, from != NULL ? from : entry,
                          "order them by date", "dates of '%s' must rise, but %s follows %s",
                          amp_yaml_name(list),
                          amp_time_format(steps->step[i].from_unix_s, times[0]),
                          amp_time_format(steps->step[i - 1].from_unix_s, times[1]));
    }
}

static void read_steps(amp_reader *reader, const amp_section *section, amp_yaml_node *node,
                       amp_steps *out)
{
    const size_t errors_before = reader->document->error_count;
    amp_steps steps = {.count = 0};
    steps.step = amp_reader_list(reader, section, node, &steps.count);
    if (steps.step == NULL || reader->document->error_count != errors_before)
        return;
    check_rising(reader, node, &steps);
    *out = steps;
}

void amp_read_steps(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    read_steps(reader, key->section, node, field_of(key, target));
}

void amp_init_availability(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                           const char *path)
{
    amp_availability *availability = field_of(key, target);
    availability->value = amp_reader_default(reader, key, place, path);
}

void amp_read_availability(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                           void *target)
{
    amp_availability *availability = field_of(key, target);
    if (node->shape == AMP_YAML_LIST) {
        read_steps(reader, key->section, node, &availability->steps);
        return;
    }
    if (amp_reader_value(reader, key, node, &availability->value) &&
        availability->value.series != AMP_NONE)
        amp_reader_note_use(reader, node, &availability->value);
}

/* ---- the bill ---- */

void amp_read_demand_charge(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                            void *target)
{
    amp_demand_charge *demand = field_of(key, target);
    if (node->shape == AMP_YAML_MAPPING) {
        amp_reader_section(reader, key->section, node, demand);
        return;
    }
    if (!amp_reader_value(reader, key, node, &demand->charge_usd_per_kw_month))
        return;
    demand->is_set = true;
    demand->place = amp_yaml_place(node);
    if (demand->charge_usd_per_kw_month.series != AMP_NONE)
        amp_reader_note_use(reader, node, &demand->charge_usd_per_kw_month);
}

static int32_t month_number(const amp_peak_so_far *peak)
{
    return peak->year * 12 + peak->month;
}

static void check_months(amp_reader *reader, const amp_yaml_node *list,
                         const amp_peak_so_far *peaks)
{
    const amp_yaml_node *entry = list->first->next;
    for (size_t i = 1; i < list->count; i++, entry = entry->next) {
        const amp_peak_so_far *before = &peaks[i - 1];
        if (month_number(&peaks[i]) > month_number(before))
            continue;
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, amp_yaml_get(entry, "month"),
                          "order them by month, each once",
                          "months of 'peak_so_far' must rise, but %04d-%02d follows %04d-%02d",
                          (int)peaks[i].year, (int)peaks[i].month, (int)before->year,
                          (int)before->month);
    }
}

/* One quantity is of the month in which the horizon begins: amp_check_site() says which that is. */
static bool read_single_peak(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                             amp_demand_charge *demand)
{
    amp_peak_so_far *peak = AMP_ARENA_NEW(reader->arena, amp_peak_so_far, 1);
    if (peak == NULL)
        return amp_reader_no_memory(reader);
    peak->place = amp_yaml_place(node);
    if (!amp_reader_value(reader, key, node, &peak->power_mw))
        return false;
    demand->so_far = peak;
    demand->so_far_count = 1;
    return true;
}

void amp_read_peak_so_far(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_demand_charge *demand = target;
    if (node->shape == AMP_YAML_MAPPING) {
        amp_reader_report_shape(reader, node, "a quantity or list",
                                "by month: [{month: 2023-08, power: 120 MW}]");
        return;
    }
    if (node->shape != AMP_YAML_LIST) {
        (void)read_single_peak(reader, key, node, demand);
        return;
    }
    const size_t errors_before = reader->document->error_count;
    size_t count = 0;
    const amp_peak_so_far *peaks = amp_reader_list(reader, key->section, node, &count);
    if (peaks == NULL || reader->stop || reader->document->error_count != errors_before)
        return;
    check_months(reader, node, peaks);
    demand->so_far = peaks;
    demand->so_far_count = count;
}

/* ---- pairs in lists ---- */

/* True when @p node is a list of two; @p words says of what. */
static bool expect_pair(amp_reader *reader, amp_yaml_node *node, const char *words)
{
    if (node->shape == AMP_YAML_BROKEN)
        return false;
    if (node->shape == AMP_YAML_LIST && node->count == 2)
        return true;
    amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, "", "each entry of '%s' must be %s",
                      amp_yaml_name(node), words);
    return false;
}

/* ---- halls ---- */

static bool read_curve_point(amp_reader *reader, amp_yaml_node *node, amp_pue_point *point)
{
    if (!expect_pair(reader, node, "[outdoor temperature, PUE], such as [20, 1.18]"))
        return false;
    const bool has_outdoor =
        amp_reader_number(reader, &outdoor_key, node->first, &point->outdoor_degc);
    return amp_reader_number(reader, &pue_key, node->last, &point->pue) && has_outdoor;
}

static void check_curve(amp_reader *reader, const amp_yaml_node *list, const amp_pue *pue)
{
    const amp_yaml_node *entry = list->first;
    for (size_t i = 0; i < pue->point_count; i++, entry = entry->next) {
        if (i == 0 || pue->point[i].outdoor_degc > pue->point[i - 1].outdoor_degc)
            continue;
        char numbers[2][32];
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, entry, "order them by temperature",
                          "temperatures of 'curve' must rise, but %s follows %s",
                          amp_text_format_number(pue->point[i].outdoor_degc, numbers[0]),
                          amp_text_format_number(pue->point[i - 1].outdoor_degc, numbers[1]));
    }
}

void amp_read_pue_curve(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    (void)key;
    amp_pue *pue = target;
    if (!amp_reader_expect(reader, node, AMP_YAML_LIST))
        return;
    amp_pue_point *points = AMP_ARENA_NEW(reader->arena, amp_pue_point, node->count);
    if (points == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    size_t good_count = 0;
    for (amp_yaml_node *child = node->first; child != NULL; child = child->next)
        good_count += read_curve_point(reader, child, &points[child->index]) ? 1U : 0U;
    if (good_count != node->count)
        return;
    if (node->count == 0) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, "give it a point, such as [20, 1.18]",
                          "'curve' is an empty list");
        return;
    }
    pue->point = points;
    pue->point_count = node->count;
    check_curve(reader, node, pue);
}

void amp_init_pue(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                  const char *path)
{
    amp_pue *pue = field_of(key, target);
    pue->value = amp_reader_default(reader, key, place, path);
    amp_reader_init(reader, &amp_section_pue, pue, place, pue->value.key);
}

void amp_read_pue(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_pue *pue = field_of(key, target);
    if (node->shape == AMP_YAML_MAPPING) {
        amp_reader_section(reader, &amp_section_pue, node, pue);
        return;
    }
    if (amp_reader_value(reader, key, node, &pue->value) && pue->value.series != AMP_NONE)
        amp_reader_note_use(reader, node, &pue->value);
}

/* ---- the value of inference ---- */

static bool read_inference_step(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                                amp_inference_step *step)
{
    if (!expect_pair(reader, node, "[share of demand, value], such as [60 %, 420 USD/MWh]"))
        return false;
    const bool has_share = amp_reader_number(reader, &share_key, node->first, &step->share);
    if (!amp_reader_value(reader, key, node->last, &step->value_usd_per_mwh) || !has_share)
        return false;
    if (step->value_usd_per_mwh.series != AMP_NONE)
        amp_reader_note_use(reader, node, &step->value_usd_per_mwh);
    return true;
}

/* The constant amount in USD; false when it varies. */
static bool constant_usd(const amp_reader *reader, const amp_value *value, double *usd)
{
    const amp_value *rate = &reader->portfolio->currency[value->currency].rate_usd;
    if (value->series != AMP_NONE || rate->series != AMP_NONE)
        return false;
    *usd = value->number * rate->number;
    return true;
}

static void check_inference_pair(amp_reader *reader, const amp_yaml_node *entry,
                                 const amp_inference_step *step)
{
    double before_usd = 0.0;
    double usd = 0.0;
    if (step[1].share <= step[0].share)
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, entry->first,
                          "shares are cumulative: [60 %, ...], [100 %, ...]",
                          "shares of 'value' must rise");
    if (constant_usd(reader, &step[0].value_usd_per_mwh, &before_usd) &&
        constant_usd(reader, &step[1].value_usd_per_mwh, &usd) && usd > before_usd)
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, entry->last,
                          "put the most valuable share first", "values of 'value' must not rise");
}

static void check_inference_steps(amp_reader *reader, const amp_yaml_node *list,
                                  const amp_inference *inference)
{
    const amp_inference_step *steps = inference->step;
    const amp_yaml_node *entry = list->first->next;
    for (size_t i = 1; i < inference->step_count; i++, entry = entry->next)
        check_inference_pair(reader, entry, &steps[i - 1]);
    if (!amp_same(steps[inference->step_count - 1].share, 1.0))
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, list->last->first,
                          "end with [100 %, ...]; a share of no value is [100 %, 0 USD/MWh]",
                          "the last share of 'value' must be 100 %%");
}

static bool read_inference_list(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                                amp_inference_step *steps)
{
    size_t good_count = 0;
    for (amp_yaml_node *child = node->first; child != NULL; child = child->next)
        good_count += read_inference_step(reader, key, child, &steps[child->index]) ? 1U : 0U;
    return good_count == node->count;
}

/* A single value is one step for all of the demand. */
static bool read_inference_single(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                                  amp_inference_step *step)
{
    step->share = 1.0;
    if (!amp_reader_value(reader, key, node, &step->value_usd_per_mwh))
        return false;
    if (step->value_usd_per_mwh.series != AMP_NONE)
        amp_reader_note_use(reader, node, &step->value_usd_per_mwh);
    return true;
}

void amp_read_inference_value(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                              void *target)
{
    amp_inference *inference = target;
    const bool is_list = node->shape == AMP_YAML_LIST;
    if (is_list && node->count == 0) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, "such as [[100 %, 420 USD/MWh]]",
                          "'value' is an empty list");
        return;
    }
    const size_t count = is_list ? node->count : 1;
    amp_inference_step *steps = AMP_ARENA_NEW(reader->arena, amp_inference_step, count);
    if (steps == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    if (is_list ? !read_inference_list(reader, key, node, steps)
                : !read_inference_single(reader, key, node, steps))
        return;
    inference->step = steps;
    inference->step_count = count;
    if (is_list)
        check_inference_steps(reader, node, inference);
}

/* ---- battery ---- */

/* `power` is both limits, unless they are given too: their rows come after. */
void amp_read_battery_power(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                            void *target)
{
    amp_battery *battery = target;
    amp_value power;
    if (!amp_reader_value(reader, key, node, &power))
        return;
    battery->charge_power_mw = power;
    battery->discharge_power_mw = power;
}

void amp_read_final_soc(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target)
{
    amp_battery *battery = target;
    if (node->shape == AMP_YAML_MAPPING) {
        amp_reader_section(reader, &amp_section_final_soc, node, battery);
        battery->final = AMP_FINAL_MINIMUM;
        return;
    }
    if (amp_reader_value(reader, key, node, &battery->final_soc))
        battery->final = AMP_FINAL_EXACT;
}
