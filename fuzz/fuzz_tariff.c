/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the tariff file of a portfolio that is right: findings have places, and what is
 * read keeps its ranges. The bytes are read through a file that has no name. */
#define _GNU_SOURCE
#include "model/portfolio.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { TEXT_BYTES_MAX = 1 << 16, DAY_S = 86400 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_number(const amp_value *value, double least)
{
    require(value->series == AMP_NONE);
    require(isfinite(value->number) && value->number >= least);
}

static void require_window(const amp_tariff_window *window)
{
    require((window->months & ~(uint32_t)AMP_MONTH_BITS) == 0);
    for (size_t i = 0; i < window->hours_count; i++) {
        require(window->hours[i].from_s >= 0 && window->hours[i].to_s <= DAY_S);
        require(window->hours[i].from_s < window->hours[i].to_s);
    }
}

static void require_demand(const amp_tariff_demand *demand)
{
    require(demand->id != NULL);
    require_number(&demand->demand.charge_usd_per_kw_month, 0.0);
    require_window(&demand->window);
    require_number(&demand->minimum.contracted_mw, 0.0);
    require_number(&demand->minimum.share, 0.0);
    for (size_t i = 0; i < demand->demand.so_far_count; i++)
        require(demand->demand.so_far[i].month >= 1 && demand->demand.so_far[i].month <= 12);
}

static void require_coincident(const amp_tariff_coincident *coincident)
{
    require(coincident->id != NULL && coincident->peaks >= 1 && coincident->interval_s >= 1);
    require_number(&coincident->charge_usd_per_kw_year, 0.0);
    require_number(&coincident->probability, 0.0);
    for (size_t i = 1; i < coincident->instant_count; i++)
        require(coincident->instant_unix_s[i] > coincident->instant_unix_s[i - 1]);
}

static void require_tariff(const amp_tariff *tariff)
{
    require(tariff->is_set && tariff->name != NULL);
    require(tariff->demand_count <= AMP_TARIFF_CHARGES_MAX);
    for (size_t i = 0; i < tariff->demand_count; i++)
        require_demand(&tariff->demand[i]);
    for (size_t i = 0; i < tariff->energy_count; i++)
        require_window(&tariff->energy[i].window);
    for (size_t i = 0; i < tariff->coincident_count; i++)
        require_coincident(&tariff->coincident[i]);
    for (size_t i = 0; i < tariff->tax_count; i++)
        require_number(&tariff->tax[i].rate_usd_per_mwh, 0.0);
    for (size_t i = 0; i < tariff->fixed_count; i++)
        require(tariff->fixed[i].power_mw.is_set != tariff->fixed[i].charge_usd_per_month.is_set);
}

static void read_portfolio(const char *path)
{
    char text[512];
    amp_diagnostics *diagnostics = amp_diagnostics_new();
    amp_portfolio *portfolio = NULL;
    if (diagnostics == NULL)
        return;
    (void)snprintf(text, sizeof text,
                   "ampacity: 1\n"
                   "time: {from: 2023-08-01, to: 2023-08-02, step: 1 h}\n"
                   "currencies: {NOK: 0.1 USD/NOK}\n"
                   "sites:\n"
                   "  - {id: a, grid: {import_limit: 9 MW},\n"
                   "     supply: {energy_price: 40 USD/MWh, tariff: %s}}\n",
                   path);
    const amp_status status =
        amp_portfolio_parse(text, strlen(text), "p.yaml", NULL, diagnostics, &portfolio);
    require((status == AMP_OK) == (amp_diagnostics_error_count(diagnostics) == 0));
    require((status == AMP_OK) == (portfolio != NULL));
    for (size_t i = 0; i < amp_diagnostics_count(diagnostics); i++) {
        const amp_diagnostic *finding = amp_diagnostics_get(diagnostics, i);
        require(finding->message[0] != '\0');
        const size_t length = strlen(finding->excerpt);
        require(length == 0 || finding->place.column <= length + 1);
    }
    if (portfolio != NULL)
        require_tariff(&portfolio->site[0].supply.tariff);
    amp_portfolio_free(portfolio);
    amp_diagnostics_free(diagnostics);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    if (length > TEXT_BYTES_MAX)
        return 0;
    const int file = memfd_create("tariff", 0);
    if (file < 0)
        return 0;
    if (write(file, data, length) == (ssize_t)length) {
        char path[64];
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        read_portfolio(path);
    }
    (void)close(file);
    return 0;
}
