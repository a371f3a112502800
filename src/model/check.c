/* SPDX-License-Identifier: Apache-2.0 */
/* What only several keys together can have wrong. A key that was itself wrong is reported already
 * and takes part in no check: see amp_reader_has(). */
#include "model/reader.h"

#include "base/calendar.h"
#include "base/text.h"
#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ADVICE_BYTES_MAX = 200 };

static bool is_given(const amp_yaml_node *mapping, const char *name)
{
    return amp_yaml_get(mapping, name) != NULL;
}

/* ---- time ---- */

void amp_check_time(amp_reader *reader, amp_yaml_node *node, void *target)
{
    amp_horizon *horizon = target;
    if (!amp_reader_has(node, "from") || !amp_reader_has(node, "to"))
        return;
    char times[2][AMP_TIME_TEXT_BYTES];
    const int64_t length_s = horizon->to_unix_s - horizon->from_unix_s;
    if (length_s <= 0) {
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, amp_yaml_get(node, "to"),
                          "the horizon runs from 'from' to before 'to'",
                          "'to' (%s) must be after 'from' (%s)",
                          amp_time_format(horizon->to_unix_s, times[0]),
                          amp_time_format(horizon->from_unix_s, times[1]));
        return;
    }
    if (!amp_reader_has(node, "step"))
        return;
    const int64_t count = length_s / horizon->step_s;
    const amp_yaml_node *step = amp_yaml_get(node, "step");
    if (length_s % horizon->step_s != 0) {
        char advice[ADVICE_BYTES_MAX];
        (void)snprintf(
            advice, sizeof advice, "end at %s, or choose another step",
            amp_time_format(horizon->from_unix_s + (count + 1) * horizon->step_s, times[0]));
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, step, advice,
                          "the horizon is not a whole number of steps");
        return;
    }
    if (count > AMP_INTERVALS_MAX) {
        amp_reader_report(reader, AMP_CODE_RANGE, step, "choose a longer step or a shorter horizon",
                          "the horizon has %" PRId64 " steps, more than %d", count,
                          AMP_INTERVALS_MAX);
        return;
    }
    horizon->interval_count = (size_t)count;
    horizon->interval_h = (double)horizon->step_s / AMP_SECONDS_PER_HOUR;
}

/* ---- bitcoin ---- */

static void refuse_beside_hashprice(amp_reader *reader, const amp_yaml_node *node, const char *name)
{
    const amp_yaml_node *other = amp_yaml_get(node, name);
    if (other == NULL)
        return;
    amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, other->key_place, other,
                         "give either 'hashprice', or 'price' and 'difficulty'",
                         "'%s' has no meaning beside 'hashprice'", name);
}

void amp_check_bitcoin(amp_reader *reader, amp_yaml_node *node, void *target)
{
    (void)target;
    static const char *const parts[] = {"price", "difficulty", "fees", "height"};
    if (is_given(node, "hashprice")) {
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
            refuse_beside_hashprice(reader, node, parts[i]);
        return;
    }
    if (!is_given(node, "price") && !is_given(node, "difficulty")) {
        amp_reader_report_missing(reader, node, "hashprice",
                                  "add 'hashprice', or 'price' and 'difficulty'");
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        if (!is_given(node, parts[i]))
            amp_reader_report_missing(reader, node, parts[i],
                                      "'price' and 'difficulty' go together; or give 'hashprice'");
    }
}

/* ---- grid and supply ---- */

void amp_check_grid(amp_reader *reader, amp_yaml_node *node, void *target)
{
    (void)target;
    if (!is_given(node, "import_limit") && !is_given(node, "energised"))
        amp_reader_report_missing(
            reader, node, "import_limit",
            "add 'import_limit', 'energised' or both; a site without a connection has 0 MW");
}

static bool is_constant_zero(const amp_value *value)
{
    return value->series == AMP_NONE && amp_same(value->number, 0.0);
}

/* A meter's intervals must be made of whole steps and follow the clock from midnight on. */
void amp_reader_check_metering(amp_reader *reader, const amp_yaml_node *node, int64_t metering_s)
{
    enum { DAY_S = 86400 };
    const int64_t step_s = reader->portfolio->horizon.step_s; /* 0 when it was wrong */
    if (step_s == 0 || metering_s <= step_s)
        return;
    const amp_yaml_node *metering = amp_yaml_get(node, "metering");
    const amp_shown shown = amp_show(metering->text, metering->length);
    if (DAY_S % metering_s != 0)
        amp_reader_report(reader, AMP_CODE_RANGE, metering, "write 15 min, 30 min or 1 h, say",
                          "'metering: %s' does not divide the day: it would not keep to the clock",
                          shown.text);
    else if (metering_s % step_s != 0)
        amp_reader_report(
            reader, AMP_CODE_LIMITS_CONTRADICT, metering, "choose a 'step' that divides it",
            "'metering: %s' is not a multiple of the step, %" PRId64 " s", shown.text, step_s);
}

void amp_check_demand_charge(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_demand_charge *demand = target;
    amp_reader_check_metering(reader, node, demand->metering_s);
}

static void refuse_beside_tariff(amp_reader *reader, const amp_yaml_node *supply, const char *name)
{
    const amp_yaml_node *other = amp_yaml_get(supply, name);
    if (other == NULL || amp_yaml_get(supply, "tariff") == NULL)
        return;
    amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, other->key_place, other,
                         "give it in the tariff file, or remove 'tariff'",
                         "'%s' beside 'tariff': a tariff holds all charges on peaks", name);
}

void amp_check_supply(amp_reader *reader, amp_yaml_node *node, void *target)
{
    (void)target;
    refuse_beside_tariff(reader, node, "demand_charge");
    refuse_beside_tariff(reader, node, "coincident_peak");
}

/* A key of `supply` that the grid makes necessary. */
static void require_supply(amp_reader *reader, const amp_yaml_node *site, const char *name,
                           const char *advice)
{
    const amp_yaml_node *supply = amp_yaml_get(site, "supply");
    if (supply == NULL || (supply->shape == AMP_YAML_MAPPING && !is_given(supply, name)))
        amp_reader_report_missing(reader, supply != NULL ? supply : site,
                                  supply != NULL ? name : "supply", advice);
}

static void check_prices(amp_reader *reader, const amp_yaml_node *node, const amp_site *site)
{
    const amp_yaml_node *grid = amp_yaml_get(node, "grid");
    if (grid == NULL || grid->shape != AMP_YAML_MAPPING)
        return;
    const bool is_limited = is_given(grid, "energised") || is_given(grid, "import_limit");
    const bool is_unknown = is_given(grid, "import_limit") && !amp_reader_has(grid, "import_limit");
    if (!is_limited || is_unknown)
        return;
    const bool can_import =
        !amp_reader_has(grid, "import_limit") || !is_constant_zero(&site->grid.import_limit_mw);
    if (can_import)
        require_supply(reader, node, "energy_price",
                       "say what imported energy costs: "
                       "'energy_price' in USD/MWh, or a series");
    const bool can_export =
        amp_reader_has(grid, "export_limit") && !is_constant_zero(&site->grid.export_limit_mw);
    if (can_export)
        require_supply(reader, node, "export_price",
                       "say what exported energy earns: "
                       "'export_price' in USD/MWh, or a series");
}

/* ---- battery ---- */

static void contradict(amp_reader *reader, const amp_yaml_node *mapping, const char *name,
                       const char *words)
{
    const amp_yaml_node *node = amp_yaml_get(mapping, name);
    const amp_yaml_node *inner = node->shape == AMP_YAML_MAPPING ? node->first : node;
    amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, inner, "", "'%s: %s' %s", name,
                      amp_show(inner->text, inner->length).text, words);
}

static void check_soc(amp_reader *reader, const amp_yaml_node *node, const amp_battery *battery)
{
    const double minimum = battery->minimum_soc.number;
    const double maximum = battery->maximum_soc.number;
    if (minimum > maximum) {
        contradict(reader, node, battery->minimum_soc.is_set ? "minimum_soc" : "maximum_soc",
                   battery->minimum_soc.is_set ? "is above maximum_soc" : "is below minimum_soc");
        return;
    }
    const double initial = battery->initial_soc.number;
    if (battery->initial_soc.is_set && (initial < minimum || initial > maximum))
        contradict(reader, node, "initial_soc",
                   initial < minimum ? "is below minimum_soc" : "is above maximum_soc");
    const double final = battery->final_soc.number;
    if (battery->final != AMP_FINAL_FREE && (final < minimum || final > maximum))
        contradict(reader, node, "final_soc",
                   final < minimum ? "is below minimum_soc" : "is above maximum_soc");
}

/* What is stored at the end has a worth only where the model may choose how much that is. A worth
 * of 0 is the default, and changes nothing. */
static void refuse_terminal_value(amp_reader *reader, const amp_yaml_node *node,
                                  const amp_battery *battery)
{
    const amp_yaml_node *worth = amp_yaml_get(node, "terminal_value");
    if (worth == NULL || worth->is_bad || !is_given(node, "final_soc") ||
        is_constant_zero(&battery->terminal_value_usd_per_mwh))
        return;
    amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, worth->key_place, worth,
                         "remove it, or remove 'final_soc': what is stored at the end has a worth "
                         "where the end is free",
                         "'terminal_value: %s' has no meaning beside 'final_soc'",
                         amp_show(worth->text, worth->length).text);
}

void amp_check_battery(amp_reader *reader, amp_yaml_node *node, void *target)
{
    amp_battery *battery = target;
    static const char *const shares[] = {"minimum_soc", "maximum_soc", "initial_soc", "final_soc"};
    if (!is_given(node, "power") &&
        !(is_given(node, "charge_power") && is_given(node, "discharge_power")))
        amp_reader_report_missing(reader, node, "power",
                                  "add 'power', or both 'charge_power' and 'discharge_power'");
    if (!battery->initial_soc.is_set)
        battery->initial_soc.number = battery->minimum_soc.number;
    refuse_terminal_value(reader, node, battery);
    bool is_good = true;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        is_good = is_good && (!is_given(node, shares[i]) || amp_reader_has(node, shares[i]));
    if (is_good)
        check_soc(reader, node, battery);
}

/* ---- generators ---- */

static void require_beside(amp_reader *reader, const amp_yaml_node *node, const char *name,
                           const char *other, const char *advice)
{
    if (is_given(node, other) && !is_given(node, name))
        amp_reader_report_missing(reader, node, name, advice);
}

/* A key that says what a limit is for, where no limit is. */
static void refuse_lone_per(amp_reader *reader, const amp_yaml_node *node)
{
    static const char *const limits[] = {"energy_limit", "hours", "fuel_limit"};
    const amp_yaml_node *per = amp_yaml_get(node, "per");
    if (per == NULL)
        return;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        if (is_given(node, limits[i]))
            return;
    amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, per->key_place, per,
                         "remove it, or add 'energy_limit', 'hours' or 'fuel_limit'",
                         "'per' has no meaning without a limit");
}

void amp_check_generator(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_generator *generator = target;
    require_beside(reader, node, "heat_rate", "fuel_limit",
                   "say what heat a MWh takes, such as 'heat_rate: 9.4 GJ/MWh'");
    require_beside(reader, node, "fuel_limit", "heat_rate",
                   "say how much fuel there is, such as 'fuel_limit: 50000 GJ', or remove "
                   "'heat_rate'");
    refuse_lone_per(reader, node);
    if (!amp_reader_has(node, "hours") || !amp_reader_has(node, "power") ||
        generator->power_mw.series == AMP_NONE)
        return;
    amp_reader_report(reader, AMP_CODE_KEY_CONFLICT, amp_yaml_get(node, "hours"),
                      "write 'energy_limit' in MWh, or a constant 'power' with a series as "
                      "'availability'",
                      "'hours' counts hours at full power, but 'power' is a series");
}

/* ---- mining ---- */

void amp_check_fleet(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_fleet *fleet = target;
    const amp_yaml_node *modes = amp_yaml_get(node, "modes");
    const amp_yaml_node *entry = modes == NULL ? NULL : modes->first;
    for (size_t i = 0; i < fleet->mode_count && entry != NULL; i++, entry = entry->next) {
        if (fleet->mode[i].id == NULL || strcmp(fleet->mode[i].id, "normal") != 0)
            continue;
        amp_reader_report(reader, AMP_CODE_ID_DUPLICATE, amp_yaml_get(entry, "id"),
                          "give it another id",
                          "the id 'normal' is that of the fleet's own hashrate and efficiency");
    }
}

/* ---- halls ---- */

static void check_lease_load(amp_reader *reader, const amp_yaml_node *node, const amp_hall *hall)
{
    const amp_yaml_node *lease = amp_yaml_get(node, "lease");
    if (!hall->lease.is_set || lease->is_bad || !amp_reader_has(node, "it_power") ||
        hall->lease.load.series != AMP_NONE)
        return;
    const double limit = hall->lease.load.is_share ? 1.0 : hall->it_power_mw.number;
    if (hall->lease.load.number <= limit)
        return;
    const amp_yaml_node *load = amp_yaml_get(lease, "load");
    const amp_yaml_node *power = amp_yaml_get(node, "it_power");
    amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, load,
                      "a leased load must fit into the hall", "'load: %s' is above 'it_power: %s'",
                      amp_show(load->text, load->length).text,
                      amp_show(power->text, power->length).text);
}

void amp_check_flexible(amp_reader *reader, amp_yaml_node *node, void *target)
{
    (void)target;
    if (!is_given(node, "hours") && !is_given(node, "energy"))
        amp_reader_report_missing(reader, node, "hours",
                                  "say how much may be cut, such as 'hours: 40 h' or 'energy: 500 "
                                  "MWh'");
}

void amp_check_job(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_training_job *job = target;
    if (!amp_reader_has(node, "release") || !amp_reader_has(node, "deadline") ||
        job->release_unix_s < job->deadline_unix_s)
        return;
    char times[2][AMP_TIME_TEXT_BYTES];
    amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, amp_yaml_get(node, "deadline"),
                      "a job runs from 'release' to before 'deadline'",
                      "'deadline' (%s) must be after 'release' (%s)",
                      amp_time_format(job->deadline_unix_s, times[0]),
                      amp_time_format(job->release_unix_s, times[1]));
}

/* What a hall serves: exactly one of them. */
static const char *const services[] = {"lease", "inference", "jobs", "workloads"};

void amp_check_hall(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const char *first = NULL;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        const amp_yaml_node *service = amp_yaml_get(node, services[i]);
        if (service != NULL && first != NULL)
            amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, service->key_place, service,
                                 "split it into two halls",
                                 "'%s' beside '%s': a hall has exactly one of 'lease', "
                                 "'inference', 'jobs' and 'workloads'",
                                 services[i], first);
        else if (service != NULL)
            first = services[i];
    }
    if (first == NULL)
        amp_reader_report(reader, AMP_CODE_KEY_MISSING, node, "add one of the four",
                          "the hall serves nobody: 'lease', 'inference', 'jobs' or 'workloads' is "
                          "missing");
    check_lease_load(reader, node, target);
    amp_check_hall_caps(reader, node, target);
}

/* ---- site ---- */

/* A single peak_so_far is of the local month in which the horizon of the file begins, also when
 * only a later part of the horizon is chosen. */
void amp_reader_date_peak(amp_reader *reader, const char *zone, amp_demand_charge *demand)
{
    if (demand->so_far_count != 1 || demand->so_far[0].month != 0)
        return;
    amp_peak_so_far *dated = AMP_ARENA_NEW(reader->arena, amp_peak_so_far, 1);
    amp_calendar *calendar = NULL;
    if (dated == NULL || amp_calendar_open(zone, &calendar, NULL) != AMP_OK) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    const amp_civil begin = amp_calendar_civil(calendar, reader->portfolio->horizon.from_unix_s);
    amp_calendar_close(calendar);
    *dated = demand->so_far[0];
    dated->year = begin.year;
    dated->month = begin.month;
    demand->so_far = dated;
}

static void check_emissions(amp_reader *reader, const amp_yaml_node *node, const amp_site *site)
{
    const amp_yaml_node *emissions = amp_yaml_get(node, "emissions");
    const amp_yaml_node *list = amp_yaml_get(node, "generators");
    if (emissions == NULL || (list != NULL && !amp_reader_has(node, "generators")))
        return;
    for (size_t i = 0; i < site->generator_count; i++)
        if (site->generator[i].emission_t_per_mwh.is_set)
            return;
    amp_reader_report_at(reader, AMP_CODE_KEY_MISSING, emissions->key_place, emissions,
                         "say what a MWh emits, such as 'emission: 0.4 t/MWh'",
                         "'emissions' limits nothing: no generator has an 'emission'");
}

/* The value of a job has one number, a tax at the bus has one for each PUE. */
static void refuse_taxed_jobs(amp_reader *reader, const amp_yaml_node *node, const amp_site *site)
{
    const amp_tariff *tariff = &site->supply.tariff;
    const amp_yaml_node *key = amp_yaml_get(amp_yaml_get(node, "supply"), "tariff");
    size_t hall = 0;
    while (hall < site->hall_count && site->hall[hall].job_count == 0)
        hall++;
    for (size_t i = 0; i < tariff->tax_count && hall < site->hall_count; i++) {
        if (tariff->tax[i].use != AMP_TAXED_COMPUTE)
            continue;
        amp_reader_report(reader, AMP_CODE_KEY_UNSUPPORTED, key,
                          "take it off the value of the jobs, or tax all uses",
                          "a tax on compute ('%s') beside 'jobs' (hall '%s') is not supported yet",
                          tariff->tax[i].id, site->hall[hall].id);
    }
}

static bool has_long_metering(const amp_reader *reader, const amp_supply *supply)
{
    const int64_t step_s = reader->portfolio->horizon.step_s; /* 0 when it was wrong */
    const int64_t metering_s = supply->tariff.demand_count > 0
                                   ? supply->tariff.demand[0].demand.metering_s
                                   : supply->demand_charge.metering_s;
    return step_s > 0 && metering_s > step_s;
}

/* How a metering interval shares a peak is not worked out yet beside reserves, and where import
 * within the peak has two prices. */
static void refuse_beside_metering(amp_reader *reader, const amp_yaml_node *node,
                                   const amp_site *site)
{
    static const char advice[] = "make 'step' as long as 'metering', or leave one of the two out";
    static const char text[] = "'%s' beside a demand charge whose 'metering' is longer than the "
                               "step is not supported yet";
    const amp_yaml_node *reserves = amp_yaml_get(node, "reserves");
    const amp_yaml_node *supply = amp_yaml_get(node, "supply");
    if (!has_long_metering(reader, &site->supply))
        return;
    if (reserves != NULL && site->reserve_count > 0)
        amp_reader_report_at(reader, AMP_CODE_KEY_UNSUPPORTED, reserves->key_place, reserves,
                             advice, text, "reserves");
    const amp_yaml_node *list = amp_yaml_get(supply, "blocks");
    if (list == NULL || site->supply.block_count != list->count)
        return;
    const amp_yaml_node *block = list->first;
    for (size_t i = 0; i < site->supply.block_count; i++, block = block->next)
        if (amp_reader_has(block, "resale") && amp_reader_has(block, "power") &&
            !site->supply.block[i].resale && !is_constant_zero(&site->supply.block[i].power_mw))
            amp_reader_report(reader, AMP_CODE_KEY_UNSUPPORTED, amp_yaml_get(block, "resale"),
                              advice, text, "resale: false");
}

/* Whether reserves want energy behind what the battery holds of them. */
static bool has_stored_reserves(const amp_site *site)
{
    return site->reserve_count > 0 && site->battery.is_set &&
           (site->reserve[0].from & AMP_RESERVE_BATTERY) != 0 &&
           site->reserve[0].duration_h.number > 0.0;
}

/* Both are found by prices of their own, which are not looked for together yet. */
static void refuse_starts(amp_reader *reader, const amp_yaml_node *node, const amp_site *site)
{
    const amp_yaml_node *list = amp_yaml_get(node, "mining");
    if (!has_stored_reserves(site) || list == NULL || site->fleet_count != list->count)
        return;
    const amp_yaml_node *fleet = list->first;
    for (size_t i = 0; i < site->fleet_count; i++, fleet = fleet->next) {
        const bool has_restart = site->fleet[i].restart_min.number > 0.0;
        const char *key = has_restart ? "restart" : "wear";
        if (has_restart || site->fleet[i].wear_usd_per_mw.number > 0.0)
            amp_reader_report(reader, AMP_CODE_KEY_UNSUPPORTED, amp_yaml_get(fleet, key),
                              "leave the battery out of 'from', or leave it out here",
                              "'%s' beside reserves that a battery backs is not supported yet",
                              key);
    }
}

void amp_check_site(amp_reader *reader, amp_yaml_node *node, void *target)
{
    amp_site *site = target;
    check_emissions(reader, node, site);
    amp_check_reserves(reader, amp_yaml_get(node, "reserves"), site);
    refuse_beside_metering(reader, node, site);
    refuse_starts(reader, node, site);
    check_prices(reader, node, site);
    amp_lease_check_site(reader, node, site);
    amp_reader_date_peak(reader, site->time_zone, &site->supply.demand_charge);
    amp_tariff_date_peaks(reader, site->time_zone, &site->supply.tariff);
    if (site->supply.tariff.is_set)
        refuse_taxed_jobs(reader, node, site);
    const amp_yaml_node *mining = amp_yaml_get(node, "mining");
    if (mining != NULL && !is_given(reader->root, "bitcoin"))
        amp_reader_report_at(reader, AMP_CODE_KEY_MISSING, mining->key_place, mining,
                             "add 'bitcoin: {hashprice: ...}' at the top of the file",
                             "'mining' needs the section 'bitcoin', which is missing");
}
