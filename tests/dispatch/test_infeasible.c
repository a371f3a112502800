/* SPDX-License-Identifier: Apache-2.0 */
/* Sites that cannot do what is asked: where, by how much, and which single change would help. Every
 * suggestion is written into the file again and must work; a little less must not. */
#include "random_file.h"
#include "random_site.h"
#include "study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_FILES = 1500 };

static const double less_share = 0.98; /* of a change that is not enough: more than rounding adds */

#define HEAD        \
    "ampacity: 1\n" \
    "name: Short\n" \
    "currency: USD\n"
#define TWO_HOURS  "time: {from: 2024-03-01, to: 2024-03-01T02:00Z, step: 60 min}\n"
#define FOUR_HOURS "time: {from: 2024-03-01, to: 2024-03-01T04:00Z, step: 60 min}\n"
#define SITE       "sites:\n  - id: s\n    country: US\n    time_zone: UTC\n"
#define SUPPLY     "    supply: {energy_price: 40 USD/MWh, export_price: 0 USD/MWh}\n"

/* One site, what is wrong with it, and all that would help. */
typedef struct {
    const char *yaml;
    const char *csv;
    amp_shortage shortage;
    size_t interval;
    double amount; /* MW or MWh */
    const char *want;
} shortage_case;

static const shortage_case cases[] = {
    /* 60 MW x 1.25 = 75 MW at the bus; 70 MW / 1.25 = 56 MW. */
    {.yaml = HEAD TWO_HOURS SITE
     "    grid: {import_limit: 70 MW}\n" SUPPLY "    halls:\n"
     "      - {id: h, it_power: 80 MW, pue: 1.25, lease: {load: 60 MW, fee: 0 USD/kW/month}}\n",
     .shortage = AMP_SHORT_OF_SUPPLY,
     .interval = 0,
     .amount = 5.0,
     .want = "12:59 sites[0].halls[0].lease.load 60 -> 56\n"
             "9:26 sites[0].grid.import_limit 70 -> 75\n"},
    /* 85 % of 60 MW x 1.2 = 61.2 MW in both hours; 10 + 38 and 10 + 40 MW of supply. 13.2 MW more
     * for each hour; 48 / 72 = 66.67 %, rounded down. */
    {.yaml = HEAD TWO_HOURS "series:\n  cap: {file: series.csv, column: cap}\n" SITE
                            "    grid: {import_limit: cap}\n" SUPPLY
                            "    generators: [{id: gas, power: 10 MW, cost: 50 USD/MWh}]\n"
                            "    halls:\n"
                            "      - {id: h, it_power: 60 MW, pue: 1.2, lease: {load: 85 %, fee: 0 "
                            "USD/kW/month}}\n",
     .csv = "time,cap [MW]\n2024-03-01T00:00Z,40\n2024-03-01T01:00Z,38\n",
     .shortage = AMP_SHORT_OF_SUPPLY,
     .interval = 0,
     .amount = 11.2,
     .want = "15:58 sites[0].halls[0].lease.load 0.85 -> 0.6666\n"
             "11:26 sites[0].grid.import_limit 38 -> 51.2\n"
             "13:35 sites[0].generators[0].power 10 -> 23.2\n"},
    /* From 20 MWh, two hours of 10 MW at 80 % reach 36 of 60 MWh. 0.2 E + 16 = 0.6 E for E = 40;
     * 60 - 16 = 44 % at the start; (60 - 20) / 2 / 0.8 = 25 MW. */
    {.yaml = HEAD TWO_HOURS SITE
     "    grid: {import_limit: 100 MW}\n" SUPPLY
     "    battery: {power: 10 MW, energy: 100 MWh, charge_efficiency: 80 %, initial_soc: 20 %,\n"
     "              final_soc: 60 %}\n",
     .shortage = AMP_SHORT_OF_ENERGY,
     .interval = 1,
     .amount = 24.0,
     .want = "12:26 sites[0].battery.final_soc 0.6 -> 0.36\n"
             "11:37 sites[0].battery.energy 100 -> 40\n"
             "11:84 sites[0].battery.initial_soc 0.2 -> 0.44\n"
             "11:22 sites[0].battery.power 10 -> 25\n"},
    /* 90 MWh may leave only into a hard load of 5 MW: 20 MWh in two hours at 50 %. Export of x MW
     * takes 4 x more: (80 - 20) / 4 = 15 MW. 0.8 E = 20 for E = 25. A larger battery would not
     * help, less in it would: 10 + 20 = 30 %. */
    {.yaml = HEAD TWO_HOURS SITE
     "    grid: {import_limit: 100 MW, export_limit: 1 MW}\n" SUPPLY
     "    battery: {power: 50 MW, energy: 100 MWh, discharge_efficiency: 50 %, initial_soc: 90 %,\n"
     "              final_soc: 10 %}\n"
     "    halls:\n"
     "      - {id: h, it_power: 5 MW, pue: 1, lease: {load: 4 MW, fee: 0 USD/kW/month}}\n",
     .shortage = AMP_EXCESS_OF_ENERGY,
     .interval = 1,
     .amount = 60.0,
     .want = "11:87 sites[0].battery.initial_soc 0.9 -> 0.3\n"
             "11:37 sites[0].battery.energy 100 -> 25\n"
             "12:26 sites[0].battery.final_soc 0.1 -> 0.7\n"
             "9:48 sites[0].grid.export_limit 1 -> 16\n"},
    /* 75 % of 10 MW is 7.5 MW of IT; 9 MW are leased, 1.5 MW x 1.2 too much. */
    {.yaml = HEAD TWO_HOURS SITE
     "    grid: {import_limit: 100 MW}\n" SUPPLY "    halls:\n"
     "      - {id: h, it_power: 10 MW, pue: 1.2, availability: 75 %, lease: {load: 9 MW, fee: 0 "
     "USD/kW/month}}\n",
     .shortage = AMP_SHORT_OF_HALL,
     .interval = 0,
     .amount = 1.8,
     .want = "12:78 sites[0].halls[0].lease.load 9 -> 7.5\n"
             "12:27 sites[0].halls[0].it_power 10 -> 12\n"},
    /* Of 40 MW 90 % take 30, of 10 MW 5 + 5 x 15 / 25 = 8: 38 of 36 MW. 28 MW give 75 + 15 x 0.8 =
     * 87
     * %, and 6 MW 75 + 25 / 5 = 80 %. */
    {.yaml = HEAD TWO_HOURS SITE
     "    grid: {import_limit: 36 MW}\n" SUPPLY "    halls:\n"
     "      - id: h\n        it_power: 60 MW\n        pue: 1\n"
     "        flex_tiers: [{id: gold, floor: 90 %}]\n"
     "        workloads:\n"
     "          - {id: a, use: training, power: 40 MW, value: 9 USD/MWh, floor: 90 %,\n"
     "             curve: [[25 %, 25], [50 %, 75], [75 %, 90], [100 %, 100]]}\n"
     "          - {id: b, use: inference, power: 10 MW, value: 9 USD/MWh, flex_tier: gold,\n"
     "             curve: [[50 %, 75], [100 %, 100]]}\n",
     .shortage = AMP_SHORT_OF_SUPPLY,
     .interval = 0,
     .amount = 2.0,
     .want = "17:75 sites[0].halls[0].workloads[0].floor 0.9 -> 0.87\n"
             "9:26 sites[0].grid.import_limit 36 -> 38\n"
             "15:40 sites[0].halls[0].flex_tiers[0].floor 0.9 -> 0.8\n"},
    /* 8 MW from 10 + 3 MW, and from the third hour 4 + 3 MW: 1 MWh is missing in each of two hours,
     * and the battery holds one. Half a MW of anything for two hours, or one MWh more room. */
    {.yaml = HEAD FOUR_HOURS SITE
     "    grid: {import_limit: 20 MW, energised: [\n"
     "      {from: 2024-01-01, power: 10 MW},\n"
     "      {from: 2024-03-01T02:00Z, power: 4 MW}]}\n" SUPPLY
     "    battery: {power: 2 MW, energy: 1 MWh, initial_soc: 50 %}\n"
     "    generators: [{id: gas, power: 3 MW, cost: 50 USD/MWh}]\n"
     "    halls:\n"
     "      - {id: h, it_power: 9 MW, pue: 1, lease: {load: 8 MW, fee: 0 USD/kW/month}}\n",
     .shortage = AMP_SHORT_OF_SUPPLY,
     .interval = 3,
     .amount = 1.0,
     .want = "16:55 sites[0].halls[0].lease.load 8 -> 7.5\n"
             "11:40 sites[0].grid.energised[1].power 4 -> 4.5\n"
             "14:35 sites[0].generators[0].power 3 -> 3.5\n"
             "13:36 sites[0].battery.energy 1 -> 2\n"},
    /* 8 MW from 7.5 and then 5.9 MW: the first hour drains 0.5 of the 1 MWh that is stored, 2.1 MW
     * are needed in the second and 0.5 are left. (7.5 + 5.9 + 1) / 2 = 7.2 MW for the lease; 1.6 /
     * 2 more of the limit. More in the battery does not help: it gives 2 MW, and not 2.1. */
    {.yaml = HEAD TWO_HOURS "series:\n  cap: {file: series.csv, column: cap}\n" SITE
                            "    grid: {import_limit: cap}\n" SUPPLY
                            "    battery: {power: 2 MW, energy: 4 MWh, initial_soc: 25 %}\n"
                            "    halls:\n"
                            "      - {id: h, it_power: 9 MW, pue: 1, lease: {load: 8 MW, fee: 0 "
                            "USD/kW/month}}\n",
     .csv = "time,cap [MW]\n2024-03-01T00:00Z,7.5\n2024-03-01T01:00Z,5.9\n",
     .shortage = AMP_SHORT_OF_SUPPLY,
     .interval = 1,
     .amount = 1.6,
     .want = "15:55 sites[0].halls[0].lease.load 8 -> 7.2\n"
             "11:26 sites[0].grid.import_limit 5.9 -> 6.7\n"},
    /* 8 MW from half an hour of 1 and half an hour of 12 MW out of 100: 6.5 MW. 0.5 x 4 + 6 = 8 and
     * 0.5 + 0.5 x 15 = 8. */
    {.yaml = HEAD TWO_HOURS SITE
     "    grid: {import_limit: 12 MW, energised: [\n"
     "      {from: 2024-01-01, power: 20 MW},\n"
     "      {from: 2024-03-01T01:00Z, power: 1 MW},\n"
     "      {from: 2024-03-01T01:30Z, power: 100 MW}]}\n" SUPPLY "    halls:\n"
     "      - {id: h, it_power: 9 MW, pue: 1, lease: {load: 8 MW, fee: 0 USD/kW/month}}\n",
     .shortage = AMP_SHORT_OF_SUPPLY,
     .interval = 1,
     .amount = 1.5,
     .want = "15:55 sites[0].halls[0].lease.load 8 -> 6.5\n"
             "9:26 sites[0].grid.import_limit 12 -> 15\n"
             "11:40 sites[0].grid.energised[1].power 1 -> 4\n"},
    /* Two leases, each above its hall: no single change helps. */
    {.yaml = HEAD TWO_HOURS SITE
     "    grid: {import_limit: 100 MW}\n" SUPPLY "    halls:\n"
     "      - {id: a, it_power: 10 MW, pue: 1, availability: 50 %, lease: {load: 9 MW, fee: 0 "
     "USD/kW/month}}\n"
     "      - {id: b, it_power: 10 MW, pue: 1, availability: 50 %, lease: {load: 9 MW, fee: 0 "
     "USD/kW/month}}\n",
     .shortage = AMP_SHORT_OF_HALL,
     .interval = 0,
     .amount = 4.0,
     .want = ""},
    /* Stored energy decays: 0.8 ^ (1 / 24) = 0.990745 are left of it after an hour, 0.981576 after
     * two. 20 x 0.009255 = 0.18509 MWh are missing in the first hour, and the same again in the
     * second. 20 x 0.981576 = 19.6315, 20 / 0.981576 = 20.3754. */
    {.yaml = HEAD TWO_HOURS SITE
     "    grid: {import_limit: 0 MW}\n" SUPPLY
     "    battery: {power: 10 MW, energy: 100 MWh, initial_soc: 20 %, minimum_soc: 20 %,\n"
     "              self_discharge: 20 %/day}\n",
     .shortage = AMP_SHORT_OF_ENERGY,
     .interval = 0,
     .amount = 0.18509,
     .want = "11:78 sites[0].battery.minimum_soc 0.2 -> 0.19631\n"
             "11:59 sites[0].battery.initial_soc 0.2 -> 0.20376\n"
             "9:26 sites[0].grid.import_limit 0 -> 0.1851\n"},
};

/* All changes of @p s as text; @p change has AMP_CHANGES_MAX entries. */
static size_t find_changes(study *s, const amp_site_problem *problem, amp_change *change)
{
    size_t count = 0;
    assert_int_equal(amp_infeasible_changes(s->portfolio, 0, s->market, problem, change, &count),
                     AMP_OK);
    for (size_t i = 0; i < count; i++)
        assert_near(change[i].change, change[i].to - change[i].from, 0.0);
    return count;
}

/* Start of line @p line of @p text. */
static const char *line_start(const char *text, size_t line)
{
    for (; line > 1; line--)
        text = strchr(text, '\n') + 1;
    return text;
}

/* @p yaml with another number in the place of @p value, in the unit that stands there. */
static const char *with_number(const char *yaml, const amp_value *value, double number,
                               char *buffer, size_t size)
{
    const char *old = line_start(yaml, value->place.line) + value->place.column - 1;
    const size_t digits = strspn(old, "0123456789.");
    const size_t spaces = strspn(old + digits, " ");
    const bool is_percent = old[digits + spaces] == '%';
    const int length = snprintf(buffer, size, "%.*s%.17g%s", (int)(old - yaml), yaml,
                                is_percent ? 100.0 * number : number, old + digits);
    assert_true(digits > 0 && length > 0 && (size_t)length < size);
    return buffer;
}

/* What the file says when @p yaml is its text; AMP_FEASIBLE also stands for "refused". */
static bool is_feasible(const char *yaml, const char *csv)
{
    size_t interval = 0;
    double amount = 0.0;
    study s = study_open(yaml, csv);
    const amp_site_problem problem = study_problem(&s, 0);
    const amp_shortage shortage = amp_feasibility_check(&problem, &interval, &amount);
    study_close(&s);
    return shortage == AMP_FEASIBLE;
}

/* A series has no number in the file to change. */
static bool is_written(const amp_value *value)
{
    return value->is_set && value->series == AMP_NONE;
}

/* The change, written into the file, works; most of it does not. */
static void check_change(const char *yaml, const char *csv, const amp_change *change)
{
    static char text[1 << 15];
    const amp_value *value = change->value;
    if (!is_written(value))
        return;
    if (!is_feasible(with_number(yaml, value, change->to, text, sizeof text), csv))
        fail_msg("%s %.17g -> %.17g does not work:\n%s", value->key, change->from, change->to,
                 yaml);
    const double less = change->from + less_share * change->change;
    if (is_feasible(with_number(yaml, value, less, text, sizeof text), csv))
        fail_msg("%s %.17g -> %.17g is not least:\n%s", value->key, change->from, change->to, yaml);
}

static void check_case(const shortage_case *c)
{
    amp_change change[AMP_CHANGES_MAX];
    golden_capture found;
    size_t interval = 0;
    double amount = 0.0;
    study s = study_open(c->yaml, c->csv);
    const amp_site_problem problem = study_problem(&s, 0);
    assert_int_equal(amp_feasibility_check(&problem, &interval, &amount), c->shortage);
    assert_int_equal(interval, c->interval);
    assert_near(amount, c->amount, 1e-5);
    const size_t count = find_changes(&s, &problem, change);
    golden_capture_open(&found);
    for (size_t i = 0; i < count; i++) {
        const amp_value *value = change[i].value;
        (void)fprintf(found.file, "%u:%u %s %.9g -> %.9g\n", (unsigned)value->place.line,
                      (unsigned)value->place.column, value->key, change[i].from, change[i].to);
        check_change(c->yaml, c->csv, &change[i]);
    }
    assert_golden(golden_capture_text(&found), c->want);
    golden_capture_free(&found);
    study_close(&s);
}

static void test_shortages_and_what_would_help(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_case(&cases[i]);
}

static void test_enough_is_feasible_to_the_last_digit(void **state)
{
    (void)state;
    static const char yaml[] = HEAD TWO_HOURS SITE
        "    grid: {import_limit: 75 MW}\n" SUPPLY
        "    battery: {power: 10 MW, energy: 100 MWh, charge_efficiency: 80 %, initial_soc: 20 %,\n"
        "              final_soc: 20 %}\n"
        "    halls:\n"
        "      - {id: h, it_power: 80 MW, pue: 1.25, lease: {load: 60 MW, fee: 0 USD/kW/month}}\n";
    assert_true(is_feasible(yaml, NULL));
}

/* Seventy generators of 1 to 70 MW, and 7 MW too little: 7 MW more of any of them help, which is
 * the smaller a change the larger the generator. Of 2485 MW from generators and 8 MW imported,
 * 2500 MW are leased. In front come the lease (7 / 2500) and, last but kept, what is left of 64:
 * the generators of 8 to 70 MW; the import limit (7 / 8) ties with the generator of 8 MW and was
 * tried before it, so that the generator goes. */
static void test_of_too_many_changes_the_best_are_kept(void **state)
{
    (void)state;
    enum { GENERATORS = 70 };
    amp_change change[AMP_CHANGES_MAX];
    golden_capture text;
    golden_capture_open(&text);
    (void)fputs(HEAD TWO_HOURS SITE
                "    grid: {import_limit: 8 MW}\n" SUPPLY "    halls:\n"
                "      - {id: h, it_power: 2600 MW, pue: 1, lease: {load: 2500 MW, fee: 0 "
                "USD/kW/month}}\n"
                "    generators:\n",
                text.file);
    for (int i = 1; i <= GENERATORS; i++)
        (void)fprintf(text.file, "      - {id: g%d, power: %d MW, cost: 9 USD/MWh}\n", i, i);
    study s = study_open(golden_capture_text(&text), NULL);
    const amp_site_problem problem = study_problem(&s, 0);
    assert_int_equal(find_changes(&s, &problem, change), AMP_CHANGES_MAX);
    assert_string_equal(change[0].value->key, "sites[0].halls[0].lease.load");
    for (int i = 1; i < AMP_CHANGES_MAX - 1; i++) {
        const double from_mw = GENERATORS + 1 - i;
        assert_near(change[i].from, from_mw, 0.0);
        assert_near(change[i].to, from_mw + 7.0, 1e-9);
    }
    assert_string_equal(change[AMP_CHANGES_MAX - 1].value->key, "sites[0].grid.import_limit");
    golden_capture_free(&text);
    study_close(&s);
}

/* What the random files have shown. */
typedef struct {
    size_t infeasible, helped, changes;
} tally;

static void check_random(tally *all, golden_folder *folder, const char *path)
{
    amp_change change[AMP_CHANGES_MAX];
    size_t interval = 0;
    double amount = 0.0;
    const char *yaml = golden_read(folder, path);
    const char *csv = golden_read(folder, golden_path(folder, "series.csv"));
    study s = study_open(yaml, csv);
    const amp_site_problem problem = study_problem(&s, 0);
    if (amp_feasibility_check(&problem, &interval, &amount) != AMP_FEASIBLE) {
        const size_t count = find_changes(&s, &problem, change);
        assert_true(amount > 0.0 && interval < problem.interval_count);
        all->infeasible++;
        all->helped += count > 0;
        all->changes += count;
        for (size_t i = 0; i < count; i++)
            check_change(yaml, csv, &change[i]);
    }
    study_close(&s);
}

static void test_changes_of_random_files_work_and_are_least(void **state)
{
    (void)state;
    const uint64_t seed = random_site_base_seed();
    const size_t count = random_site_count(RANDOM_FILES);
    tally all = {.infeasible = 0};
    (void)printf("seed %llu\n", (unsigned long long)seed);
    for (size_t i = 0; i < count; i++) {
        golden_folder *folder = golden_folder_new();
        assert_true(random_file_write(seed + i, golden_path(folder, "")));
        check_random(&all, folder, golden_path(folder, "portfolio.yaml"));
        golden_folder_free(folder);
    }
    (void)printf("%zu files, %zu infeasible, %zu of them helped by one of %zu changes\n", count,
                 all.infeasible, all.helped, all.changes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shortages_and_what_would_help),
        cmocka_unit_test(test_enough_is_feasible_to_the_last_digit),
        cmocka_unit_test(test_of_too_many_changes_the_best_are_kept),
        cmocka_unit_test(test_changes_of_random_files_work_and_are_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
