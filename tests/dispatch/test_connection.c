/* SPDX-License-Identifier: Apache-2.0 */
/* A connection with an agreement, of which import beyond some power costs more. */
#include "golden.h"

#include "dispatch/connection.h"
#include "market/synthetic.h"

#include <math.h>

enum { RANDOM_CONNECTIONS = 2000, RANDOM_POINTS = 50 };

typedef struct {
    double cost, power, share, excess;
} wanted_part;

static const struct {
    const char *name;
    amp_connection connection;
    bool is_pooled;
    wanted_part part[AMP_CONNECTION_STEPS_MAX]; /* those with power */
} cases[] = {
    {"export below all import",
     {.export_mw = 5,
      .export_usd = 10,
      .import_mw = 50,
      .market_usd = 40,
      .block_mw = 20,
      .block_usd = 15,
      .within_mw = 30,
      .beyond_usd = 90},
     false,
     {{10, 5, 0, 0}, {15, 20, 1, 0}, {40, 10, 1, 0}, {90, 20, 1, 50}}},
    /* The peak is within the agreement: 8 MW of it are beyond, and save 90 - 15 when paid back. */
    {"a peak below the agreement",
     {.import_mw = 50,
      .market_usd = 40,
      .block_mw = 20,
      .block_usd = 15,
      .within_mw = 12,
      .beyond_usd = 90},
     false,
     {{15, 12, 1, 0}, {90, 8, 1, 75}, {90, 30, 1, 50}}},
    {"an agreement that is dearer than the market is left alone",
     {.import_mw = 50,
      .market_usd = 40,
      .block_mw = 20,
      .block_usd = 45,
      .within_mw = 12,
      .beyond_usd = 90},
     false,
     {{40, 12, 1, 0}, {90, 38, 1, 50}}},
    /* Export at 30 is worth more than the agreement at 20, of which all 40 MW of import are.
     * Corners (net, USD/h): full export (-10, -300), import within a peak of 20 MW while half is
     * exported (20 - 5, 400 - 150), within alone (20, 400), all (40, 400 + 20 x 90). Slopes 550/25
     * = 22, 150/5 = 30, 90. */
    {"export shares import up to a peak",
     {.export_mw = 10,
      .export_usd = 30,
      .import_mw = 40,
      .market_usd = 60,
      .block_mw = 40,
      .block_usd = 20,
      .within_mw = 20,
      .beyond_usd = 90},
     true,
     {{22, 25, 0.8, 0}, {30, 5, 0, 0}, {90, 20, 1, 70}}},
};

static void test_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        amp_connection_part part[AMP_CONNECTION_STEPS_MAX];
        size_t wanted = 0;
        assert_true(amp_connection_parts(&cases[i].connection, part) == cases[i].is_pooled);
        for (size_t k = 0; k < AMP_CONNECTION_STEPS_MAX; k++) {
            const wanted_part *want = &cases[i].part[wanted];
            if (part[k].power_mw <= 0.0)
                continue;
            assert_near(part[k].cost_usd_per_mwh, want->cost, 1e-9);
            assert_near(part[k].power_mw, want->power, 1e-9);
            assert_near(part[k].import_share, want->share, 1e-9);
            assert_near(part[k].excess_usd, want->excess, 1e-9);
            wanted++;
        }
        assert_true(wanted == AMP_CONNECTION_STEPS_MAX || cases[i].part[wanted].power <= 0.0);
    }
}

static double between(amp_random *random, double low, double high)
{
    return low + (high - low) * amp_random_uniform(random);
}

static amp_connection random_connection(amp_random *random)
{
    amp_connection c = {
        .export_mw = amp_random_uniform(random) < 0.2 ? 0.0 : between(random, 0.0, 40.0),
        .export_usd = round(between(random, -50.0, 120.0)),
        .import_mw = amp_random_uniform(random) < 0.1 ? 0.0 : between(random, 0.0, 60.0),
        .market_usd = round(between(random, -40.0, 100.0)),
        .block_usd = round(between(random, -40.0, 60.0)),
    };
    c.block_mw = c.import_mw * (amp_random_uniform(random) < 0.2 ? 1.0 : between(random, 0.0, 1.0));
    c.within_mw =
        c.import_mw * (amp_random_uniform(random) < 0.2 ? round(amp_random_uniform(random))
                                                        : between(random, 0.0, 1.0));
    if (amp_random_uniform(random) < 0.1)
        c.within_mw = c.block_mw;
    c.beyond_usd = fmax(c.market_usd, c.block_usd) + round(between(random, 0.0, 100.0));
    return c;
}

/* What full export costs, and then the parts up to @p net_mw. */
static double listed_usd(const amp_connection *c, const amp_connection_part *part, double net_mw)
{
    double usd = -c->export_mw * c->export_usd;
    double left_mw = net_mw + c->export_mw;
    for (size_t k = 0; k < AMP_CONNECTION_STEPS_MAX; k++) {
        const double used_mw = fmax(0.0, fmin(left_mw, part[k].power_mw));
        usd += used_mw * part[k].cost_usd_per_mwh;
        left_mw -= used_mw;
    }
    return usd;
}

/* Any point of the relaxation: its net power, and what it costs. */
static double random_point(amp_random *random, const amp_connection *c, double within_mw,
                           double *net_mw)
{
    const double share = amp_random_uniform(random);
    const double block_mw =
        fmin(within_mw, amp_connection_block_mw(c) * (1.0 - share) * amp_random_uniform(random));
    const double market_mw = amp_random_uniform(random) *
                             fmin(within_mw - block_mw, c->import_mw * (1.0 - share) - block_mw);
    const double beyond_mw =
        amp_random_uniform(random) * (c->import_mw * (1.0 - share) - block_mw - market_mw);
    *net_mw = block_mw + market_mw + beyond_mw - share * c->export_mw;
    return c->block_usd * block_mw + c->market_usd * market_mw + c->beyond_usd * beyond_mw -
           share * c->export_usd * c->export_mw;
}

/* What the connection earns at a bus price by its parts. */
static double earned_usd(const amp_connection *c, const amp_connection_part *part, double price)
{
    double usd = (c->export_usd - price) * c->export_mw;
    for (size_t k = 0; k < AMP_CONNECTION_STEPS_MAX; k++)
        usd += fmax(0.0, price - part[k].cost_usd_per_mwh) * part[k].power_mw;
    return usd;
}

static void check_random(amp_random *random)
{
    const amp_connection c = random_connection(random);
    amp_connection_part part[AMP_CONNECTION_STEPS_MAX];
    const bool is_pooled = amp_connection_parts(&c, part);
    const double price = between(random, -60.0, 220.0);
    const double more_mw = c.import_mw * amp_random_uniform(random);
    double last = -HUGE_VAL;
    double usd_per_h = 0.0;
    const double worth = amp_connection_within_worth(&c, price, &usd_per_h);
    for (size_t k = 0; k < AMP_CONNECTION_STEPS_MAX; k++) {
        if (part[k].power_mw <= 0.0)
            continue;
        assert_true(part[k].cost_usd_per_mwh >= last - 1e-7);
        last = part[k].cost_usd_per_mwh;
    }
    assert_true(worth >= 0.0);
    if (is_pooled)
        assert_near(usd_per_h, earned_usd(&c, part, price), 1e-6);
    for (size_t i = 0; i < RANDOM_POINTS; i++) {
        double net_mw = 0.0;
        const double usd = random_point(random, &c, c.within_mw, &net_mw);
        assert_true(listed_usd(&c, part, net_mw) <= usd + 1e-6);
        /* The multiplier bounds what any other peak would let it earn. */
        const double other_usd = random_point(random, &c, more_mw, &net_mw);
        assert_true(price * net_mw - other_usd <=
                    usd_per_h + worth * (more_mw - c.within_mw) + 1e-6);
    }
}

static void test_random_connections(void **state)
{
    (void)state;
    amp_random random = amp_random_seeded(20250801);
    print_message("seed 20250801\n");
    for (size_t i = 0; i < RANDOM_CONNECTIONS; i++)
        check_random(&random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_random_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
