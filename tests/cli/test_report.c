/* SPDX-License-Identifier: Apache-2.0 */
/* What people read of demand charges, coincident peaks and jobs: an answer written by hand. */
#include "golden.h"

#include "cli/report.h"
#include "cli/report_parts.h"

#include <math.h>
#include <string.h>

enum { HOURS = 48 };

static const double import_usd[] = {30.0};
static const double coincident_usd[] = {2.0};
static const double zero[] = {0.0};
static const double forty[] = {40.0};
static const double twenty[] = {20.0};
static const double it_share[] = {0.8};

static const amp_load hall = {.kind = AMP_LOAD_TRAINING,
                              .id = "north",
                              .demand_mw = {zero, 0},
                              .capacity_mw = {twenty, 0},
                              .penalty_usd_per_mwh = {zero, 0},
                              .it_per_mwh = {it_share, 0}};
static const amp_peak peaks[] = {
    {.id = "202507", .first = 0, .end = 24, .charge_usd_per_mw = 4000.0, .start_mw = 12.0},
    {.id = "202508", .first = 24, .end = HOURS, .charge_usd_per_mw = 4000.0},
};
static const size_t months[] = {0, 24};
static const amp_job jobs[] = {
    {.id = "llm",
     .end = HOURS,
     .power_mw = 16.0,
     .energy_mwh = 500.0,
     .value_usd_per_mwh = 300.0,
     .penalty_usd = 9000.0},
};

/* The last day of July and the first of August: a job takes 8 MW of IT on the first, 12 on the
 * second, 10 and 15 MW at the bus and of import. July had 12 MW before. */
typedef struct {
    double fixed[8][HOURS];
    double job[HOURS];
    double *pointer[2];
    amp_portfolio portfolio;
    amp_site site;
    amp_site_answer part;
    amp_answer answer;
    amp_loaded loaded;
} fixture;

static void set_up(fixture *f)
{
    for (size_t t = 0; t < HOURS; t++) {
        f->fixed[0][t] = t < 24 ? 10.0 : 15.0;
        f->fixed[6][t] = 30.0;
        f->fixed[7][t] = f->fixed[0][t];
        f->job[t] = 0.8 * f->fixed[0][t];
    }
    f->pointer[0] = f->fixed[7];
    f->pointer[1] = f->job;
    f->site = (amp_site){.id = "mesa", .time_zone = "UTC"};
    f->portfolio = (amp_portfolio){
        .name = "By hand",
        .horizon = {.from_unix_s = 1753920000, /* 2025-07-31T00:00Z */
                    .to_unix_s = 1753920000 + HOURS * 3600,
                    .step_s = 3600,
                    .interval_count = HOURS,
                    .interval_h = 1.0},
        .site = &f->site,
        .site_count = 1,
    };
    f->part.site = &f->site;
    f->part.problem = (amp_site_problem){
        .site_id = "mesa",
        .interval_count = HOURS,
        .interval_h = 1.0,
        .from_unix_s = 1753920000,
        .step_s = 3600,
        .import_limit_mw = {forty, 0},
        .import_price_usd_per_mwh = {import_usd, 0},
        .block_mw = {zero, 0},
        .block_price_usd_per_mwh = {coincident_usd, 0},
        .coincident_usd_per_mwh = {coincident_usd, 0},
        .export_limit_mw = {zero, 0},
        .export_price_usd_per_mwh = {zero, 0},
        .load = &hall,
        .load_count = 1,
        .peak = peaks,
        .peak_count = 2,
        .job = jobs,
        .job_count = 1,
        .block_first = months,
        .block_count = 2,
    };
    f->part.schedule = (amp_schedule){
        .interval_count = HOURS,
        .load_count = 1,
        .import_mw = f->fixed[0],
        .block_mw = f->fixed[1],
        .export_mw = f->fixed[2],
        .charge_mw = f->fixed[3],
        .discharge_mw = f->fixed[4],
        .soc_mwh = f->fixed[5],
        .internal_price_usd_per_mwh = f->fixed[6],
        .stored_usd_per_mwh = f->fixed[1],
        .load_mw = f->pointer,
        .job_mw = f->pointer + 1,
        .job_count = 1,
    };
    f->part.accounts = amp_accounts_settle(&f->part.problem, &f->part.schedule);
    f->part.objective_usd = f->part.accounts.objective_usd;
    f->part.bound_usd = f->part.objective_usd + 6.0;
    f->part.relaxed_usd = f->part.objective_usd + 4.0;
    f->part.mixed_count = 3;
    f->part.calls = 12;
    f->answer = (amp_answer){.site = &f->part,
                             .site_count = 1,
                             .is_feasible = true,
                             .objective_usd = f->part.objective_usd,
                             .bound_usd = f->part.bound_usd};
    f->loaded.portfolio = &f->portfolio;
}

/* What the report prints on a screen of @p width columns. */
static void print(const fixture *f, int width, const amp_report_input *asked, golden_capture *out)
{
    amp_report_input input = *asked;

    golden_capture_open(out);
    amp_cli cli = {.out = {.file = out->file, .utf8 = true, .width = width},
                   .notes = {.file = out->file, .utf8 = true, .width = width},
                   .value = {[AMP_OPTION_QUIET] = ""},
                   .operand = "p.yaml"};
    input.answer = &f->answer;
    assert_int_equal(amp_report_print(&cli, &f->loaded, &input), AMP_OK);
}

/* The text from @p first on, up to @p end or to its end where that is "". */
static void assert_part(const char *text, const char *first, const char *end, const char *want)
{
    char part[4096];
    const char *const from = strstr(text, first);

    assert_non_null(from);
    const char *const to = end[0] != '\0' ? strstr(from, end) : from + strlen(from);
    assert_non_null(to);
    assert_true((size_t)(to - from) < sizeof part);
    (void)snprintf(part, sizeof part, "%.*s", (int)(to - from), from);
    assert_golden(part, want);
}

/*
 * By hand: 240 + 360 MWh of import at 28 USD/MWh and 2 for coincident peaks; 12 and 15 MW at 4 USD
 * per kW; 0.8 x 600 = 480 MWh of IT at 300, 20 of 500 MWh left: 4 % of 9000. In k USD: 144 - 16.8 -
 * 1.2 - 108 - 0.36 = 17.64. A day earns 8 x 24 x 300 - 240 x 30 - 48,000 - 180 = 2,220, then 86.4 -
 * 10.8 - 60 - 0.18 k = 15,420.
 */
static void test_everything_that_couples(void **state)
{
    const amp_report_input input = {.solve_s = 0.25, .tolerance = 1e-6, .time_limit_s = 5.0};
    fixture f = {0};
    golden_capture out;
    (void)state;

    set_up(&f);
    f.part.was_stopped = true;
    print(&f, 80, &input, &out);
    const char *const text = golden_capture_text(&out);
    assert_part(text, "Best use", "mesa: mean",
                "Best use of 2 days found within 5 s: 17.64 k USD, proved within 0.034 %.\n"
                "By hand: 2025-07-31T00:00Z to 2025-08-02T00:00Z.\n"
                "\n"
                "Money                                                  k USD\n"
                "training                                              144.00\n"
                "imported energy                                       -16.80\n"
                "demand charges: 2 months, highest 15.0 MW in August  -108.00\n"
                "coincident peaks                                       -1.20\n"
                "penalties                                              -0.36\n"
                "────────────────────────────────────────────────────────────\n"
                "objective: what dispatch earns                         17.64\n"
                "\n"
                "Demand charges  billed MW  imported MW     first reached  USD/kW  k USD\n"
                "July 2025            12.0         10.0           earlier    4.00  48.00\n"
                "August 2025          15.0         15.0  2025-08-01 00:00    4.00  60.00\n"
                "\n"
                "Training jobs  hall   wanted MWh  served MWh     %  value k USD  penalty\n"
                "llm            north       500.0       480.0  96.0       144.00    -0.36\n"
                "MWh of IT energy: without what cooling takes.\n"
                "\n"
                "Energy at the bus    MWh  mean MW  peak MW  % of time  % of full load\n"
                "from the grid      600.0     12.5     15.0      100.0            31.2\n"
                "to training        600.0     12.5     15.0      100.0            62.5\n"
                "\n");
    assert_non_null(strstr(text, "       \u2261\u2261 training\n"));
    assert_part(text, "Over the horizon", "",
                "Over the horizon         each mark: mean of 2 h    lowest   mean  highest\n"
                "earned, k USD/day        ▁▁▁▁▁▁▁▁▁▁▁▁████████████    2.22   8.82    15.42\n"
                "internal price, USD/MWh  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁   30.00  30.00    30.00\n"
                "\n"
                "One more MWh at the bus is worth 30.00 USD on average, 30.00 USD at most.\n"
                "\n"
                "Proof: no schedule earns more than 17,646.00 USD.\n"
                "The gap is 6 USD (0.034 %), more than the tolerance.\n"
                "Coordination leaves 2 USD of it: how far the prices of what couples intervals\n"
                "are from settled. Modes are 4 USD: in 3 intervals the bound mixes two modes at\n"
                "once, which the schedule never does.\n"
                "The time limit of 5 s ended the search: a longer one may close the coordination\n"
                "part.\n"
                "2 demand charges and 1 training job were coordinated by prices, in 12 calls of\n"
                "the exact solver.\n"
                "Solved 48 intervals of 1 site in 250 ms.\n");
    golden_capture_free(&out);
}

/* Two sources under one budget of emissions, at 0.5 and 1 t/MWh: 2 MW of gas on the second day are
 * 48 MWh and 24 t. A third has a limit of 0. */
static void test_budgets(void **state)
{
    static const uint32_t both[] = {0, 1};
    static const uint32_t third[] = {2};
    static const double per_mwh[] = {0.5, 1.0};
    static const amp_column weight[] = {{&per_mwh[0], 0}, {&per_mwh[1], 0}};
    static const amp_source sources[] = {
        {.id = "gas", .power_mw = {twenty, 0}, .cost_usd_per_mwh = {forty, 0}},
        {.id = "coal", .power_mw = {twenty, 0}, .cost_usd_per_mwh = {forty, 0}},
        {.id = "diesel", .power_mw = {twenty, 0}, .cost_usd_per_mwh = {forty, 0}},
    };
    static const amp_budget budgets[] = {
        {.kind = AMP_BUDGET_EMISSION,
         .id = "emissions",
         .source = both,
         .weight = weight,
         .source_count = 2,
         .limit = 96.0},
        {.kind = AMP_BUDGET_ENERGY,
         .id = "diesel",
         .source = third,
         .weight = weight,
         .source_count = 1},
    };
    const amp_report_input input = {.tolerance = 1e-3, .time_limit_s = 5.0};
    static double gas_mw[HOURS];
    static double none_mw[HOURS];
    double *source_mw[] = {gas_mw, none_mw, none_mw};
    double price_usd[] = {12.345, 7.0};
    fixture f = {0};
    golden_capture out;
    (void)state;

    set_up(&f);
    for (size_t t = 24; t < HOURS; t++)
        gas_mw[t] = 2.0;
    f.part.problem.source = sources;
    f.part.problem.source_count = 3;
    f.part.problem.budget = budgets;
    f.part.problem.budget_count = 2;
    f.part.schedule.source_count = 3;
    f.part.schedule.source_mw = source_mw;
    f.part.schedule.budget_usd = price_usd;
    print(&f, 80, &input, &out);
    assert_part(golden_capture_text(&out), "Budgets", "Energy",
                "Budgets    of   limit  used     %  one more is worth\n"
                "emissions  t     96.0  24.0  25.0        12.35 USD/t\n"
                "diesel     MWh    0.0   0.0                        -\n"
                "\n");
    golden_capture_free(&out);
}

/* What the first line and the last ones say of each outcome. */
static void test_outcomes(void **state)
{
    static const struct {
        bool was_stopped;
        double tolerance;
        amp_outcome outcome;
        const char *says;
    } cases[] = {
        {false, 1e-3, AMP_OUTCOME_OPTIMAL, "Best use of 2 days: 17.64 k USD, proved optimal.\n"},
        {true, 1e-3, AMP_OUTCOME_OPTIMAL, "Best use of 2 days: 17.64 k USD, proved optimal.\n"},
        {false, 1e-6, AMP_OUTCOME_GAP, "Best use of 2 days: 17.64 k USD, proved within 0.034 %.\n"},
        {true, 1e-6, AMP_OUTCOME_TIME_LIMIT,
         "Best use of 2 days found within 5 s: 17.64 k USD, proved within 0.034 %.\n"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const amp_report_input input = {.tolerance = cases[i].tolerance, .time_limit_s = 5.0};
        fixture f = {0};
        golden_capture out;
        set_up(&f);
        f.part.was_stopped = cases[i].was_stopped;
        print(&f, 80, &input, &out);
        const amp_report_input same = {.answer = &f.answer, .tolerance = cases[i].tolerance};
        assert_int_equal(amp_report_outcome_of(&same), cases[i].outcome);
        const size_t length = strcspn(golden_capture_text(&out), "\n") + 1;
        assert_int_equal(length, strlen(cases[i].says));
        assert_memory_equal(golden_capture_text(&out), cases[i].says, length);
        golden_capture_free(&out);
    }
}

/* Never negative, and exactly the gap together, whatever rounding does. */
static void test_parts_of_the_gap(void **state)
{
    static const struct {
        double objective, relaxed, bound;
        bool couples;
        double coordination;
    } cases[] = {
        {100.0, 104.0, 106.0, true, 2.0},    {100.0, 104.0, 106.0, false, 0.0},
        {100.0, 90.0, 106.0, true, 6.0},     {100.0, 107.0, 106.0, true, 0.0},
        {0.1, 0.2, 0.7, true, 0.5},          {1e9 + 0.3, 1e9 + 0.7, 1e9 + 7.1, true, 6.4},
        {-1.0, -1.0 + 1e-9, 0.3, true, 1.3}, {100.0, 100.0, 100.0, true, 0.0},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        amp_site_answer site = {.problem = {.block_count = cases[i].couples ? 1 : 0},
                                .objective_usd = cases[i].objective,
                                .relaxed_usd = cases[i].relaxed,
                                .bound_usd = cases[i].bound};
        const amp_answer answer = {.site = &site,
                                   .site_count = 1,
                                   .objective_usd = cases[i].objective,
                                   .bound_usd = cases[i].bound};
        const amp_gap_parts parts = amp_report_gap_parts(&answer);
        assert_near(parts.coordination, cases[i].coordination, 1e-6);
        assert_true(parts.coordination >= 0.0 && parts.mode >= 0.0);
        assert_near(parts.coordination + parts.mode, cases[i].bound - cases[i].objective, 0.0);
    }
}

/* The name of the line: as much as fits, the year only where months of several years are meant. */
static void test_name_of_demand_charges(void **state)
{
    static const struct {
        size_t count;
        int width;
        const char *name;
    } cases[] = {
        {1, 80, "demand charge on 12.0 MW"},
        {2, 80, "demand charges: 2 months, highest 15.0 MW in August"},
        {2, 60, "demand charges"},
        {1, 30, "demand charge"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fixture f = {0};
        char name[96];
        set_up(&f);
        f.part.problem.peak_count = cases[i].count;
        const amp_screen screen = {.width = cases[i].width};
        const amp_report_view view = {.screen = &screen, .answer = &f.answer};
        assert_string_equal(amp_report_peaks_name(&view, name, sizeof name), cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_that_couples),
        cmocka_unit_test(test_budgets),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_parts_of_the_gap),
        cmocka_unit_test(test_name_of_demand_charges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
