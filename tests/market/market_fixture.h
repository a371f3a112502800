/* SPDX-License-Identifier: Apache-2.0 */
/** @file market_fixture.h  A portfolio with its series in a folder of its own, for tests. */
#ifndef AMP_TESTS_MARKET_FIXTURE_H
#define AMP_TESTS_MARKET_FIXTURE_H

#include "golden.h"
#include "market/market.h"

/** What the last load left. */
typedef struct {
    golden_folder *folder;
    char home[1024];
    amp_diagnostics *diagnostics;
    amp_portfolio *portfolio;
    amp_market *market;
    amp_status status;
    golden_capture capture;
} market_fixture;

/** Makes a temporary folder the current one, so that messages hold no path of this machine. */
int market_fixture_set_up(void **state);
int market_fixture_tear_down(void **state);

/** Loads the portfolio @p text and its series. @return all findings as they are printed; valid
 *  until the next load. */
const char *market_fixture_load(market_fixture *f, const char *text);

/** Two hours in steps of 30 minutes, and a site whose price of energy is a series. */
#define HEAD        \
    "ampacity: 1\n" \
    "name: test\n"  \
    "time: {from: 2025-01-01T00:00Z, to: 2025-01-01T02:00Z, step: 30 min}\n"
#define SITE            \
    "sites:\n"          \
    "  - id: x\n"       \
    "    country: US\n" \
    "    time_zone: UTC\n"
#define GRID "    grid: {import_limit: 10 MW}\n"
#define ONE_PRICE    \
    HEAD "series:\n" \
         "  p: {file: p.csv, column: price}\n" SITE GRID "    supply: {energy_price: p}\n"

/** Rows for the two hours. */
#define HOURS(first, second)        \
    "2025-01-01T00:00Z," first "\n" \
    "2025-01-01T01:00Z," second "\n"

#endif
