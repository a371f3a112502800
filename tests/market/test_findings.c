/* SPDX-License-Identifier: Apache-2.0 */
#include "market_fixture.h"

typedef struct {
    const char *name;
    const char *portfolio;
    const char *csv; /* p.csv; NULL for no file */
    amp_status status;
    const char *expected;
} finding_case;

static const finding_case finding_cases[] = {
    {"the file is not there", ONE_PRICE, NULL, AMP_DATA,
     "portfolio.yaml:5:13: error: the file of series 'p' is not there: p.csv "
     "[series-file-missing]\n"
     "    5 |   p: {file: p.csv, column: price}\n"
     "      |             ^^^^^ paths are relative to the folder of the portfolio file\n"},
    {"the file is empty", ONE_PRICE, "", AMP_PARSE,
     "p.csv:1: error: the file is empty, a header was expected [syntax]\n"
     "  = begin it with a line such as 'time,price [USD/MWh]'\n"},
    {"semicolons between columns", ONE_PRICE,
     "time;price [USD/MWh]\n"
     "2025-01-01T00:00Z;12,5\n",
     AMP_PARSE,
     "p.csv:1:1: error: the columns are separated by semicolons, where commas were expected "
     "[syntax]\n"
     "    1 | time;price [USD/MWh]\n"
     "      | ^^^^^^^^^^^^^^^^^^^^ separate them by commas and write decimals with a point: "
     "'time,price [USD/MWh]', then '2023-08-01T05:00Z,31.25'\n"},
    {"tabs between columns", ONE_PRICE,
     "Time\tprice [USD/MWh]\n"
     "2025-01-01T00:00Z\t12.5\n",
     AMP_PARSE,
     "p.csv:1:1: error: the columns are separated by tabs, where commas were expected [syntax]\n"
     "    1 | Time price [USD/MWh]\n"
     "      | ^^^^^^^^^^^^^^^^^^^^ separate them by commas and write decimals with a point: "
     "'time,price [USD/MWh]', then '2023-08-01T05:00Z,31.25'\n"},
    {"quoted cells between semicolons", ONE_PRICE, "\"time\";\"price [USD/MWh]\"\n", AMP_PARSE,
     "p.csv:1:7: error: text after the closing quote of cell 1, where a comma or the end of the "
     "line was expected [syntax]\n"
     "  = separate the cells by commas, not by semicolons\n"},
    {"the first column is not time", ONE_PRICE,
     "date,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "p.csv:1:1: error: the first column is 'date', where 'time' was expected [column-missing]\n"
     "    1 | date,price [USD/MWh]\n"
     "      | ^^^^ call it 'time': the start of each interval, as 2023-08-01T05:00Z\n"},
    {"a column with nearly that name", ONE_PRICE,
     "time,prices [USD/MWh],load [MW]\n"
     "2025-01-01T00:00Z,1,2\n",
     AMP_PARSE,
     "portfolio.yaml:5:28: error: no column 'price' in p.csv [column-missing]\n"
     "    5 |   p: {file: p.csv, column: price}\n"
     "      |                            ^^^^^ write 'prices'\n"},
    {"no column of that name", ONE_PRICE,
     "time,x [USD/MWh],load [MW]\n"
     "2025-01-01T00:00Z,1,2\n",
     AMP_PARSE,
     "portfolio.yaml:5:28: error: no column 'price' in p.csv [column-missing]\n"
     "    5 |   p: {file: p.csv, column: price}\n"
     "      |                            ^^^^^ the file has 'x' and others\n"},
    {"a column twice", ONE_PRICE,
     "time,price [USD/MWh],price [USD/MWh]\n"
     "2025-01-01T00:00Z,1,2\n"
     "2025-01-01T01:00Z,1,2\n",
     AMP_PARSE,
     "p.csv:1:22: error: the column 'price' is there twice [id-duplicate]\n"
     "    1 | time,price [USD/MWh],price [USD/MWh]\n"
     "      |                      ^^^^^^^^^^^^^^^ give each column a name of its own\n"},
    {"a header without unit", ONE_PRICE,
     "time,price\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "p.csv:1:6: error: the column 'price' has no unit [unit-missing]\n"
     "    1 | time,price\n"
     "      |      ^^^^^ write it in brackets, 'price [...]'; sites[0].supply.energy_price needs "
     "price of energy (USD/MWh)\n"},
    {"a unit that is none", ONE_PRICE,
     "time,price [USD/MWhh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "p.csv:1:6: error: unknown unit 'MWhh' in 'USD/MWhh' [unit-unknown]\n"
     "    1 | time,price [USD/MWhh]\n"
     "      |      ^^^^^^^^^^^^^^^^ units are for instance MW, MWh, USD/MWh, TH/s, J/TH, degC, %, "
     "min, day, month, 1\n"},
    {"a unit of another dimension", ONE_PRICE,
     "time,price [MW]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "portfolio.yaml:11:28: error: series 'p' is 'price [MW]' in p.csv, but "
     "sites[0].supply.energy_price needs price of energy (USD/MWh) [unit-dimension]\n"
     "   11 |     supply: {energy_price: p}\n"
     "      |                            ^ correct the header, or name another series here\n"},
    {"a unit where power or a share is expected",
     HEAD "series: {p: {file: p.csv, column: price}}\n" SITE GRID
          "    supply: {energy_price: 1 USD/MWh}\n    halls: [{id: h, it_power: 5 MW, pue: 1.2, "
          "lease: {load: p}}]\n",
     "time,price [degC]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "portfolio.yaml:11:61: error: series 'p' is 'price [degC]' in p.csv, but "
     "sites[0].halls[0].lease.load needs power (MW) or a share ([1] or [%]) [unit-dimension]\n"
     "   11 |     halls: [{id: h, it_power: 5 MW, pue: 1.2, lease: {load: p}}]\n"
     "      |                                                             ^ correct the header, or "
     "name another series here\n"},
    {"a currency without a rate", ONE_PRICE,
     "time,price [NOK/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "p.csv:1:6: error: the column 'price' is in NOK, which has no rate [currency-unknown]\n"
     "    1 | time,price [NOK/MWh]\n"
     "      |      ^^^^^^^^^^^^^^^ add 'currencies: {NOK: ... USD/NOK}' to the portfolio\n"},
    {"a rate the wrong way round",
     HEAD "currencies: {NOK: p}\n"
          "series: {p: {file: p.csv, column: price}}\n" SITE GRID
          "    supply: {energy_price: 1 NOK/MWh}\n",
     "time,price [NOK/USD]\n"
     "2025-01-01T00:00Z,10\n"
     "2025-01-01T01:00Z,11\n",
     AMP_PARSE,
     "p.csv:1:6: error: 'NOK/USD' is not 'USD/NOK' [unit-unknown]\n"
     "    1 | time,price [NOK/USD]\n"
     "      |      ^^^^^^^^^^^^^^^ give USD per NOK, and write [USD/NOK]\n"},
    {"a rate of nothing",
     HEAD "currencies: {NOK: p}\n"
          "series: {p: {file: p.csv, column: price}}\n" SITE GRID
          "    supply: {energy_price: 1 NOK/MWh}\n",
     "time,price [USD/NOK]\n"
     "2025-01-01T00:00Z,0.1\n"
     "2025-01-01T01:00Z,0\n",
     AMP_PARSE,
     "p.csv:3:19: error: 0 USD/NOK in column 'price', but currencies.NOK must be more than 0 "
     "USD/NOK [range]\n"
     "    3 | 2025-01-01T01:00Z,0\n"
     "      |                   ^\n"},
    {"text where a number is expected", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,12.5 USD\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "p.csv:2:19: error: '12.5 USD' in column 'price' is not a finite number [number-invalid]\n"
     "    2 | 2025-01-01T00:00Z,12.5 USD\n"
     "      |                   ^^^^^^^^ write a number such as 31.25, or leave the cell empty "
     "when the value is missing\n"},
    {"a comma for decimals", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,\"-12,5\"\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "p.csv:2:19: error: '-12,5' in column 'price' is not a finite number [number-invalid]\n"
     "    2 | 2025-01-01T00:00Z,-12,5\n"
     "      |                   ^^^^^ write it with a point for decimals and nothing between "
     "thousands: -12.5\n"},
    {"a comma for decimals or thousands", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,\"1,234\"\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "p.csv:2:19: error: '1,234' in column 'price' is not a finite number [number-invalid]\n"
     "    2 | 2025-01-01T00:00Z,1,234\n"
     "      |                   ^^^^^ write it with a point for decimals and nothing between "
     "thousands, as in 1234.5\n"},
    {"points and a comma", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,\"1.234,5\"\n"
     "2025-01-01T01:00Z,2\n",
     AMP_PARSE,
     "p.csv:2:19: error: '1.234,5' in column 'price' is not a finite number [number-invalid]\n"
     "    2 | 2025-01-01T00:00Z,1.234,5\n"
     "      |                   ^^^^^^^ write it with a point for decimals and nothing between "
     "thousands, as in 1234.5\n"},
    {"not a number, and infinity", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,nan\n"
     "2025-01-01T01:00Z,inf\n",
     AMP_PARSE,
     "p.csv:2:19: error: 'nan' in column 'price' is not a finite number (2 such cells in the "
     "column) [number-invalid]\n"
     "    2 | 2025-01-01T00:00Z,nan\n"
     "      |                   ^^^ write a number such as 31.25, or leave the cell empty when the "
     "value is missing\n"},
    {"a time without zone", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00,1\n"
     "2025-01-01T01:00,2\n",
     AMP_PARSE,
     "p.csv:2:1: error: '2025-01-01T00:00' has no time zone (2 such cells in the column) "
     "[time-invalid]\n"
     "    2 | 2025-01-01T00:00,1\n"
     "      | ^^^^^^^^^^^^^^^^ add Z, as in 2025-01-01T00:00:00Z\n"},
    {"the same time twice", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,2\n"
     "2024-12-31T20:00-05:00,3\n",
     AMP_PARSE,
     "p.csv:4:1: error: the time 2025-01-01T01:00:00Z is there twice, first on line 3 "
     "[series-time]\n"
     "    4 | 2024-12-31T20:00-05:00,3\n"
     "      | ^^^^^^^^^^^^^^^^^^^^^^ keep one row for each time; local times repeat an hour in "
     "autumn, so write UTC\n"},
    {"times run backwards", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,2\n"
     "2025-01-01T00:30Z,3\n",
     AMP_PARSE,
     "p.csv:4:1: error: the time 2025-01-01T00:30:00Z comes after 2025-01-01T01:00:00Z: times must "
     "rise [series-time]\n"
     "    4 | 2025-01-01T00:30Z,3\n"
     "      | ^^^^^^^^^^^^^^^^^ sort the rows by time\n"},
    {"a row with too few cells", ONE_PRICE,
     "time,a [MW],price [USD/MWh]\n"
     "2025-01-01T00:00Z,1,2\n"
     "2025-01-01T01:00Z,1\n",
     AMP_PARSE,
     "p.csv:3:20: error: the row has 2 cells, the header has 3 [syntax]\n"
     "    3 | 2025-01-01T01:00Z,1\n"
     "      |                    ^ write one cell for each column; a missing value is an empty "
     "cell\n"},
    {"a row with too many cells", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,1,5\n",
     AMP_PARSE,
     "p.csv:3:21: error: the row has 3 cells, the header has 2 [syntax]\n"
     "    3 | 2025-01-01T01:00Z,1,5\n"
     "      |                     ^ write one cell for each column, and decimals with a point: "
     "31.25, not 31,25\n"},
    {"a quote that is not closed", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,\"2\n",
     AMP_PARSE,
     "p.csv:3:19: error: cell 2 starts with a quote that is not closed [syntax]\n"
     "  = add the closing quote, or remove the opening one\n"},
    {"a gap", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T00:15Z,1\n"
     "2025-01-01T01:15Z,1\n"
     "2025-01-01T01:30Z,1\n"
     "2025-01-01T01:45Z,1\n",
     AMP_DATA,
     "p.csv:4:1: error: series 'p' has a gap from 2025-01-01T00:30:00Z to 2025-01-01T01:15:00Z (3 "
     "x 15 min) [series-gap]\n"
     "    4 | 2025-01-01T01:15Z,1\n"
     "      | ^^^^^^^^^^^^^^^^^ say 'gaps: hold' or 'gaps: interpolate' in series.p, or add the "
     "rows\n"},
    {"several gaps", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T00:15Z,1\n"
     "2025-01-01T01:15Z,1\n"
     "2025-01-01T01:45Z,1\n",
     AMP_DATA,
     "p.csv:4:1: error: series 'p' has a gap from 2025-01-01T00:30:00Z to 2025-01-01T01:15:00Z (3 "
     "x 15 min); 2 gaps in all, 4 steps [series-gap]\n"
     "    4 | 2025-01-01T01:15Z,1\n"
     "      | ^^^^^^^^^^^^^^^^^ say 'gaps: hold' or 'gaps: interpolate' in series.p, or add the "
     "rows\n"},
    {"an empty cell", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T00:30Z,\n"
     "2025-01-01T01:00Z,1\n"
     "2025-01-01T01:30Z,1\n",
     AMP_DATA,
     "p.csv:3:19: error: series 'p' has a gap from 2025-01-01T00:30:00Z to 2025-01-01T01:00:00Z (1 "
     "x 30 min) [series-gap]\n"
     "    3 | 2025-01-01T00:30Z,\n"
     "      |                   ^ say 'gaps: hold' or 'gaps: interpolate' in series.p, or add the "
     "rows\n"},
    {"it begins late", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:30Z,1\n"
     "2025-01-01T01:00Z,1\n"
     "2025-01-01T01:30Z,1\n",
     AMP_DATA,
     "p.csv:2:1: error: the column 'price' covers 2025-01-01T00:30:00Z to 2025-01-01T02:00:00Z, "
     "the horizon needs 2025-01-01T00:00:00Z to 2025-01-01T02:00:00Z [series-coverage]\n"
     "    2 | 2025-01-01T00:30Z,1\n"
     "      | ^^^^^^^^^^^^^^^^^ add the missing rows, or shorten 'time' in the portfolio\n"},
    {"it ends early", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T00:30Z,1\n"
     "2025-01-01T01:00Z,1\n",
     AMP_DATA,
     "p.csv:4:1: error: the column 'price' covers 2025-01-01T00:00:00Z to 2025-01-01T01:30:00Z, "
     "the horizon needs 2025-01-01T00:00:00Z to 2025-01-01T02:00:00Z [series-coverage]\n"
     "    4 | 2025-01-01T01:00Z,1\n"
     "      | ^^^^^^^^^^^^^^^^^ add the missing rows, or shorten 'time' in the portfolio\n"},
    {"it ends with empty cells", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T00:30Z,1\n"
     "2025-01-01T01:00Z,1\n"
     "2025-01-01T01:30Z,\n",
     AMP_DATA,
     "p.csv:4:1: error: the column 'price' covers 2025-01-01T00:00:00Z to 2025-01-01T01:30:00Z, "
     "the horizon needs 2025-01-01T00:00:00Z to 2025-01-01T02:00:00Z [series-coverage]\n"
     "    4 | 2025-01-01T01:00Z,1\n"
     "      | ^^^^^^^^^^^^^^^^^ add the missing rows, or shorten 'time' in the portfolio\n"},
    {"it covers another year", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2024-01-01T00:00Z,1\n"
     "2024-01-01T01:00Z,1\n",
     AMP_DATA,
     "p.csv:3:1: error: the column 'price' covers 2024-01-01T00:00:00Z to 2024-01-01T02:00:00Z, "
     "the horizon needs 2025-01-01T00:00:00Z to 2025-01-01T02:00:00Z [series-coverage]\n"
     "    3 | 2024-01-01T01:00Z,1\n"
     "      | ^^^^^^^^^^^^^^^^^ add the missing rows, or shorten 'time' in the portfolio\n"},
    {"no rows", ONE_PRICE, "time,price [USD/MWh]\n", AMP_DATA,
     "p.csv:1: error: the file has no rows, and at least two are needed: the spacing of rows is "
     "their step [series-coverage]\n"
     "  = for a value that never changes write the quantity itself in the portfolio\n"},
    {"one row", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,1\n",
     AMP_DATA,
     "p.csv:2: error: the file has one row, and at least two are needed: the spacing of rows is "
     "their step [series-coverage]\n"
     "  = for a value that never changes write the quantity itself in the portfolio\n"},
    {"no value in any row", ONE_PRICE,
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,\n"
     "2025-01-01T01:00Z,\n",
     AMP_DATA,
     "p.csv:2:19: error: the column 'price' has no values [series-coverage]\n"
     "    2 | 2025-01-01T00:00Z,\n"
     "      |                   ^\n"},
    {"more than all is available",
     HEAD "series: {p: {file: p.csv, column: price}}\n" SITE GRID
          "    supply: {energy_price: 1 USD/MWh}\n    generators: [{id: g, power: 1 MW, cost: 1 "
          "USD/MWh, availability: p}]\n",
     "time,price [%]\n"
     "2025-01-01T00:00Z,100\n"
     "2025-01-01T01:00Z,120.5\n",
     AMP_PARSE,
     "p.csv:3:19: error: 120.5 % in column 'price', but sites[0].generators[0].availability must "
     "be from 0 to 100 % [range]\n"
     "    3 | 2025-01-01T01:00Z,120.5\n"
     "      |                   ^^^^^\n"},
    {"a negative load",
     HEAD "series: {p: {file: p.csv, column: price}}\n" SITE GRID
          "    supply: {energy_price: 1 USD/MWh}\n    halls: [{id: h, it_power: 5 MW, pue: 1.2, "
          "lease: {load: p}}]\n",
     "time,price [kW]\n"
     "2025-01-01T00:00Z,-1\n"
     "2025-01-01T01:00Z,-2\n",
     AMP_PARSE,
     "p.csv:2:19: error: -1 kW in column 'price', but sites[0].halls[0].lease.load must be at "
     "least 0 kW (2 such rows) [range]\n"
     "    2 | 2025-01-01T00:00Z,-1\n"
     "      |                   ^^\n"},
    {"a PUE below one",
     HEAD "series: {p: {file: p.csv, column: price}}\n" SITE GRID
          "    supply: {energy_price: 1 USD/MWh}\n    halls: [{id: h, it_power: 5 MW, pue: p, "
          "lease: {load: 1 MW}}]\n",
     "time,price [1]\n"
     "2025-01-01T00:00Z,1.2\n"
     "2025-01-01T01:00Z,0.9\n",
     AMP_PARSE,
     "p.csv:3:19: error: 0.9 in column 'price', but sites[0].halls[0].pue must be at least 1 "
     "[range]\n"
     "    3 | 2025-01-01T01:00Z,0.9\n"
     "      |                   ^^^\n"},
    {"a price that cannot be meant", ONE_PRICE,
     "time,price [USD/kWh]\n"
     "2025-01-01T00:00Z,1\n"
     "2025-01-01T01:00Z,1e300\n",
     AMP_PARSE,
     "p.csv:3:19: error: 1e300 USD/kWh in column 'price', but sites[0].supply.energy_price must "
     "be "
     "at most 1000000 USD/kWh [range]\n"
     "    3 | 2025-01-01T01:00Z,1e300\n"
     "      |                   ^^^^^\n"},
    {"a cost that cannot be meant",
     HEAD
     "series: {p: {file: p.csv, column: price}}\n" SITE GRID
     "    supply: {energy_price: 1 USD/MWh}\n    generators: [{id: g, power: 1 MW, cost: p}]\n",
     "time,price [USD/MWh]\n"
     "2025-01-01T00:00Z,-1000000000\n"
     "2025-01-01T01:00Z,-1000000001\n",
     AMP_PARSE,
     "p.csv:3:19: error: -1000000001 USD/MWh in column 'price', but sites[0].generators[0].cost "
     "must be at least -1000000000 USD/MWh [range]\n"
     "    3 | 2025-01-01T01:00Z,-1000000001\n"
     "      |                   ^^^^^^^^^^^\n"},
    {"no difficulty",
     HEAD "series: {p: {file: p.csv, column: price}}\n"
          "bitcoin: {price: 1 USD/BTC, difficulty: p}\n" SITE GRID
          "    supply: {energy_price: 1 USD/MWh}\n",
     "time,price [1]\n"
     "2025-01-01T00:00Z,0\n"
     "2025-01-01T01:00Z,1e14\n",
     AMP_PARSE,
     "p.csv:2:19: error: 0 in column 'price', but bitcoin.difficulty must be more than 0 [range]\n"
     "    2 | 2025-01-01T00:00Z,0\n"
     "      |                   ^\n"},
};

static void test_findings(void **state)
{
    market_fixture *f = *state;
    for (size_t i = 0; i < sizeof finding_cases / sizeof finding_cases[0]; i++) {
        const finding_case *c = &finding_cases[i];
        (void)remove("p.csv");
        if (c->csv != NULL)
            golden_write(f->folder, "p.csv", c->csv);
        print_message("%s\n", c->name);
        assert_golden(market_fixture_load(f, c->portfolio), c->expected);
        assert_int_equal(f->status, c->status);
        assert_null(f->market);
    }
}

static void test_a_folder_is_no_series(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv/inside", "");
    assert_golden(
        market_fixture_load(f, ONE_PRICE),
        "portfolio.yaml:5:13: error: the file of series 'p' cannot be opened: p.csv: Is "
        "a directory [file-unreadable]\n"
        "    5 |   p: {file: p.csv, column: price}\n"
        "      |             ^^^^^ name a CSV file that may be read, such as 'prices.csv'; "
        "paths are relative to the folder of the portfolio file\n");
    assert_int_equal(f->status, AMP_IO);
}

static void test_damaged_gzip_is_said_to_be_damaged(void **state)
{
    market_fixture *f = *state;
    static const unsigned char bytes[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 1, 2};
    golden_write_bytes(f->folder, "p.csv", bytes, sizeof bytes);
    assert_golden(market_fixture_load(f, ONE_PRICE),
                  "p.csv:1: error: the gzip data are damaged [file-unreadable]\n"
                  "  = copy or download the file again\n");
    assert_int_equal(f->status, AMP_IO);
}

static void test_all_findings_come_in_one_run(void **state)
{
    market_fixture *f = *state;
    golden_write(f->folder, "p.csv",
                 "time,price [USD/MWh],other,share [1]\n"
                 "2025-01-01T00:00Z,1,2,3\n"
                 "2025-01-01T01:00Z,x,2,0.5\n");
    (void)market_fixture_load(
        f, HEAD "series:\n"
                "  p: {file: p.csv, column: price}\n"
                "  o: {file: p.csv, column: other}\n"
                "  s: {file: p.csv, column: share}\n"
                "  n: {file: p.csv, column: none}\n"
                "  q: {file: q.csv, column: price}\n" SITE
                "    grid: {import_limit: 10 MW, export_limit: 1 MW, availability: s}\n"
                "    supply: {energy_price: p, adder: o, export_price: n}\n"
                "    generators: [{id: g, power: 1 MW, cost: q}]\n");
    static const amp_code expected[] = {AMP_CODE_NUMBER_INVALID, AMP_CODE_UNIT_MISSING,
                                        AMP_CODE_RANGE, AMP_CODE_COLUMN_MISSING,
                                        AMP_CODE_SERIES_FILE_MISSING};
    const size_t count = sizeof expected / sizeof expected[0];
    assert_int_equal(amp_diagnostics_count(f->diagnostics), count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(amp_diagnostics_get(f->diagnostics, i)->code, expected[i]);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, market_fixture_set_up, market_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_findings),
        TEST(test_a_folder_is_no_series),
        TEST(test_damaged_gzip_is_said_to_be_damaged),
        TEST(test_all_findings_come_in_one_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
