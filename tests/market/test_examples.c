/* SPDX-License-Identifier: Apache-2.0 */
#include "golden.h"
#include "market/market.h"
#include "market/synthetic.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { FILE_BYTES_MAX = 8 << 20, FOLDER_BYTES_MAX = 700000, FILES_MAX = 6 };

static const struct {
    const char *name;
    const char *files[FILES_MAX];
} examples[] = {
    {"pecos",
     {"portfolio.yaml", "prices.csv.gz", "weather.csv.gz", "chat.csv.gz", "bitcoin.csv.gz"}},
    {"northern-lights",
     {"portfolio.yaml", "prices_texas.csv.gz", "prices.csv.gz", "weather.csv.gz", "demand.csv.gz",
      "bitcoin.csv.gz"}},
};

enum { EXAMPLE_COUNT = sizeof examples / sizeof examples[0] };

/* A file of an example in the source tree. */
enum { PATH_BYTES = 1024 };
static const char *source_path(const char *example, const char *file, char *path)
{
    const char *root = getenv("AMPACITY_SOURCE_ROOT");
    assert_non_null(root);
    (void)snprintf(path, PATH_BYTES, "%s/examples/%s/%s", root, example, file);
    return path;
}

/* The content of a file, unpacked where it is gzip. @return its length. */
static size_t unpack(const char *path, char *content)
{
    gzFile in = gzopen(path, "rb");
    if (in == NULL)
        fail_msg("%s cannot be opened", path);
    const int got = gzread(in, content, FILE_BYTES_MAX);
    assert_int_equal(gzclose(in), Z_OK);
    assert_in_range(got, 1, FILE_BYTES_MAX - 1);
    return (size_t)got;
}

static void test_examples_in_the_tree_are_what_is_written(void **state)
{
    (void)state;
    golden_folder *folder = golden_folder_new();
    char *written = malloc(FILE_BYTES_MAX);
    char *kept = malloc(FILE_BYTES_MAX);
    assert_non_null(written);
    assert_non_null(kept);
    for (size_t e = 0; e < EXAMPLE_COUNT; e++) {
        const char *path = golden_path(folder, examples[e].name);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(amp_example_write(examples[e].name, path, NULL), AMP_OK);
        for (size_t i = 0; i < FILES_MAX && examples[e].files[i] != NULL; i++) {
            char name[256];
            (void)snprintf(name, sizeof name, "%s/%s", examples[e].name, examples[e].files[i]);
            const size_t length = unpack(golden_path(folder, name), written);
            char path_kept[PATH_BYTES];
            const size_t kept_length =
                unpack(source_path(examples[e].name, examples[e].files[i], path_kept), kept);
            print_message("%s: %zu bytes\n", name, length);
            assert_int_equal(length, kept_length);
            assert_memory_equal(written, kept, length);
        }
    }
    free(written);
    free(kept);
    golden_folder_free(folder);
}

static void test_examples_are_small(void **state)
{
    (void)state;
    for (size_t e = 0; e < EXAMPLE_COUNT; e++) {
        int64_t bytes = 0;
        for (size_t i = 0; i < FILES_MAX && examples[e].files[i] != NULL; i++) {
            struct stat info = {0};
            char path[PATH_BYTES];
            assert_int_equal(stat(source_path(examples[e].name, examples[e].files[i], path), &info),
                             0);
            bytes += info.st_size;
        }
        assert_in_range(bytes, 100000, FOLDER_BYTES_MAX);
    }
}

static void test_names_and_summaries(void **state)
{
    (void)state;
    for (size_t e = 0; e < EXAMPLE_COUNT; e++) {
        assert_string_equal(amp_example_name(e), examples[e].name);
        assert_non_null(amp_example_summary(examples[e].name));
    }
    assert_null(amp_example_name(EXAMPLE_COUNT));
    assert_null(amp_example_summary("aurora"));
    amp_error error = {0};
    assert_int_equal(amp_example_write("aurora", ".", &error), AMP_ARGUMENT);
    assert_string_equal(error.message, "no example is called 'aurora'");
    assert_string_equal(error.advice, "the examples are pecos and northern-lights");
    assert_int_equal(amp_example_write("pecos", "/nowhere/at/all", &error), AMP_IO);
}

/* ---- what the examples hold ---- */

typedef struct {
    char path[PATH_BYTES];
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
    amp_market *market;
} loaded;

static void load_example(loaded *l, const char *name)
{
    *l = (loaded){.diagnostics = amp_diagnostics_new()};
    (void)amp_portfolio_load(source_path(name, "portfolio.yaml", l->path), NULL, l->diagnostics,
                             &l->portfolio);
    if (l->portfolio != NULL)
        (void)amp_market_load(l->portfolio, l->diagnostics, &l->market);
    for (size_t i = 0; i < amp_diagnostics_count(l->diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(l->diagnostics, i), false, stderr);
    assert_int_equal(amp_diagnostics_count(l->diagnostics), 0);
    assert_non_null(l->market);
}

static void unload(loaded *l)
{
    amp_market_free(l->market);
    amp_portfolio_free(l->portfolio);
    amp_diagnostics_free(l->diagnostics);
}

static double largest(amp_column column, size_t count)
{
    double found = amp_column_at(column, 0);
    for (size_t t = 1; t < count; t++)
        found = amp_column_at(column, t) > found ? amp_column_at(column, t) : found;
    return found;
}

static double pue_at(const amp_pue *pue, double outdoor_degc)
{
    const amp_pue_point *point = pue->point;
    size_t i = 1;
    while (i + 1 < pue->point_count && point[i].outdoor_degc < outdoor_degc)
        i++;
    const double share = (outdoor_degc - point[i - 1].outdoor_degc) /
                         (point[i].outdoor_degc - point[i - 1].outdoor_degc);
    const double clamped = share < 0.0 ? 0.0 : (share > 1.0 ? 1.0 : share);
    return point[i - 1].pue + clamped * (point[i].pue - point[i - 1].pue);
}

/* Bus power that the leases of @p site ask for in interval @p t. */
static double lease_mw(const loaded *l, const amp_site *site, size_t t)
{
    double sum_mw = 0.0;
    for (size_t i = 0; i < site->hall_count; i++) {
        const amp_hall *hall = &site->hall[i];
        if (!hall->lease.is_set)
            continue;
        bool is_share = false;
        const amp_column load = amp_market_column(l->market, &hall->lease.load, &is_share);
        const amp_column outdoor = amp_market_column(l->market, &hall->pue.outdoor, NULL);
        const double it_mw = amp_column_at(load, t) * (is_share ? hall->it_power_mw.number : 1.0);
        sum_mw += it_mw * pue_at(&hall->pue, amp_column_at(outdoor, t));
    }
    return sum_mw;
}

/* Every tenant can be served from the grid alone, at any time. */
static void assert_leases_fit(const loaded *l)
{
    const amp_horizon *horizon = &l->portfolio->horizon;
    for (size_t s = 0; s < l->portfolio->site_count; s++) {
        const amp_site *site = &l->portfolio->site[s];
        const amp_column limit = amp_market_column(l->market, &site->grid.import_limit_mw, NULL);
        const amp_column available = amp_market_availability(l->market, &site->grid.availability);
        const bool has_steps = site->grid.energised_mw.count > 0;
        const amp_column energised =
            has_steps ? amp_market_steps(l->market, &site->grid.energised_mw, 0.0) : limit;
        for (size_t t = 0; t < horizon->interval_count; t++) {
            const double there = amp_column_at(energised, t) < amp_column_at(limit, t)
                                     ? amp_column_at(energised, t)
                                     : amp_column_at(limit, t);
            if (lease_mw(l, site, t) > there * amp_column_at(available, t))
                fail_msg("%s, interval %zu: leases of %g MW, %g MW are there", site->id, t,
                         lease_mw(l, site, t), there);
        }
    }
}

static void test_pecos_loads_and_can_serve_its_tenant(void **state)
{
    (void)state;
    loaded l;
    load_example(&l, "pecos");
    assert_int_equal(l.portfolio->horizon.interval_count, 105120); /* 365 x 288 */
    assert_leases_fit(&l);
    const double hashprice = largest(amp_market_hashprice(l.market), 105120);
    assert_near(hashprice, 60.12, 1e-9);
    unload(&l);
}

static void test_northern_lights_loads_and_can_serve_its_tenants(void **state)
{
    (void)state;
    loaded l;
    load_example(&l, "northern-lights");
    assert_int_equal(l.portfolio->horizon.interval_count, 105120);
    assert_int_equal(l.portfolio->site_count, 14);
    double sum_mw = 0.0;
    for (size_t s = 0; s < l.portfolio->site_count; s++)
        sum_mw += l.portfolio->site[s].grid.import_limit_mw.number;
    assert_near(sum_mw, 3000.0, 1e-9);
    assert_leases_fit(&l);
    /* 1 January: 86400 x 1e15 / (109.8e12 x 2^32) x 3.155 x 93,500 = 54.05 */
    assert_near(amp_column_at(amp_market_hashprice(l.market), 0), 54.05, 0.005);
    unload(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_in_the_tree_are_what_is_written),
        cmocka_unit_test(test_examples_are_small),
        cmocka_unit_test(test_names_and_summaries),
        cmocka_unit_test(test_pecos_loads_and_can_serve_its_tenant),
        cmocka_unit_test(test_northern_lights_loads_and_can_serve_its_tenants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
