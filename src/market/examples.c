/* SPDX-License-Identifier: Apache-2.0 */
#include "market/examples.h"

#include "base/text.h"
#include "base/time.h"
#include "market/bitcoin.h"
#include "market/synthetic.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    PATH_BYTES_MAX = 4096,
    COLUMNS_MAX = 8,
    CELL_BYTES = 32,
    STEP_5_MIN_S = 300,
    STEP_15_MIN_S = 900,
    STEP_HOUR_S = 3600,
};

/* ---- columns ---- */

/* The rows of one file. */
typedef struct {
    int64_t from_unix_s;
    int64_t step_s;
    size_t count;
} row_times;

typedef struct example_column {
    const char *header;
    uint64_t seed;
    const void *profile; /* what fill() needs */
    void (*fill)(const struct example_column *column, const row_times *rows, double *out);
} example_column;

static void fill_price(const example_column *column, const row_times *rows, double *out)
{
    const amp_price_profile *profile = amp_price_profile_find(column->profile);
    amp_synthetic_prices(column->seed, rows->from_unix_s, rows->step_s, rows->count, profile, out);
}

static void fill_weather(const example_column *column, const row_times *rows, double *out)
{
    amp_synthetic_weather(column->seed, rows->from_unix_s, rows->step_s, rows->count,
                          column->profile, out);
}

static void fill_demand(const example_column *column, const row_times *rows, double *out)
{
    amp_synthetic_demand(column->seed, rows->from_unix_s, rows->step_s, rows->count,
                         column->profile, out);
}

static void fill_solar(const example_column *column, const row_times *rows, double *out)
{
    amp_synthetic_solar(column->seed, rows->from_unix_s, rows->step_s, rows->count,
                        *(const int *)column->profile, out);
}

/* A hall that fills up: its tenant brings racks every two weeks. */
typedef struct {
    int64_t first_unix_s;
    double per_fortnight;
    double full;
} moving_in;

static void fill_moving_in(const example_column *column, const row_times *rows, double *out)
{
    const moving_in *m = column->profile;
    for (size_t i = 0; i < rows->count; i++) {
        const int64_t since_s = rows->from_unix_s + (int64_t)i * rows->step_s - m->first_unix_s;
        const int64_t fortnights = since_s < 0 ? 0 : since_s / (14 * AMP_SECONDS_PER_DAY) + 1;
        const double share = fmin(m->full, (double)fortnights * m->per_fortnight);
        out[i] = floor(share * 1000.0 + 0.5) / 1000.0;
    }
}

/* ---- Bitcoin in 2025 ---- */

/*
 * Price (CoinGecko, 00:00 UTC) and difficulty (blockchain.com) on the first of each month from
 * January 2025 to January 2026, rounded; fees were about 4.4 BTC a day over 144 blocks. Between
 * the points both follow straight lines.
 */
static const struct {
    double price_usd_per_btc;
    double difficulty;
} bitcoin_2025[13] = {
    {93500, 109.8e12},  {102400, 108.1e12}, {84400, 110.6e12},  {82500, 113.8e12},
    {94200, 123.2e12},  {104700, 127.0e12}, {107100, 126.4e12}, {115700, 127.6e12},
    {108300, 129.7e12}, {114000, 142.3e12}, {109600, 156.0e12}, {90400, 149.3e12},
    {87500, 148.3e12},
};

static const double fees_2025_btc_per_block = 0.03;

/* The line between the points before and after @p unix_s. */
static void bitcoin_at(int64_t unix_s, double *price_usd_per_btc, double *difficulty)
{
    const amp_civil day = amp_time_civil_utc(unix_s);
    const size_t last = sizeof bitcoin_2025 / sizeof bitcoin_2025[0] - 1;
    const size_t month = (size_t)((day.year - 2025) * 12 + day.month - 1);
    const size_t i = month < last ? month : last - 1;
    const int64_t start = amp_time_days_from_civil(2025, (int)i + 1, 1);
    const int64_t stop = i + 2 <= 12 ? amp_time_days_from_civil(2025, (int)i + 2, 1)
                                     : amp_time_days_from_civil(2026, 1, 1);
    const double share =
        ((double)unix_s / AMP_SECONDS_PER_DAY - (double)start) / (double)(stop - start);
    const double price_change =
        bitcoin_2025[i + 1].price_usd_per_btc - bitcoin_2025[i].price_usd_per_btc;
    const double difficulty_change = bitcoin_2025[i + 1].difficulty - bitcoin_2025[i].difficulty;
    *price_usd_per_btc = floor(bitcoin_2025[i].price_usd_per_btc + price_change * share + 0.5);
    *difficulty =
        floor((bitcoin_2025[i].difficulty + difficulty_change * share) / 1e10 + 0.5) * 1e10;
}

static void fill_bitcoin_price(const example_column *column, const row_times *rows, double *out)
{
    (void)column;
    double difficulty = 0.0;
    for (size_t i = 0; i < rows->count; i++)
        bitcoin_at(rows->from_unix_s + (int64_t)i * rows->step_s, &out[i], &difficulty);
}

static void fill_difficulty(const example_column *column, const row_times *rows, double *out)
{
    (void)column;
    double price_usd_per_btc = 0.0;
    for (size_t i = 0; i < rows->count; i++)
        bitcoin_at(rows->from_unix_s + (int64_t)i * rows->step_s, &price_usd_per_btc, &out[i]);
}

static void fill_hashprice(const example_column *column, const row_times *rows, double *out)
{
    (void)column;
    for (size_t i = 0; i < rows->count; i++) {
        double price_usd_per_btc = 0.0;
        double difficulty = 0.0;
        bitcoin_at(rows->from_unix_s + (int64_t)i * rows->step_s, &price_usd_per_btc, &difficulty);
        const double btc_per_block = 3.125 + fees_2025_btc_per_block;
        const double hashprice =
            amp_bitcoin_hashprice_usd_per_ph_day(difficulty, btc_per_block, price_usd_per_btc);
        out[i] = floor(hashprice * 100.0 + 0.5) / 100.0;
    }
}

/* ---- profiles ---- */

/* Monthly means and swings are those of typical-year weather files of the nearest station (TMY3
 * of NREL, SWERA, IWEC), rounded. */
static const amp_weather_profile midland = {
    .name = "Midland, Texas",
    .utc_offset_h = -6,
    .month_degc = {7.2, 8.3, 14.1, 16.6, 22.7, 26.4, 28.0, 26.7, 22.7, 15.8, 12.5, 7.4},
    .swing_degc = 12.5,
    .fronts_degc = 5.5};
static const amp_weather_profile knoxville = {
    .name = "Knoxville, Tennessee",
    .utc_offset_h = -5,
    .month_degc = {1.3, 2.8, 10.4, 14.4, 18.5, 23.7, 25.5, 24.9, 21.7, 14.7, 10.6, 4.1},
    .swing_degc = 8.8,
    .fronts_degc = 5.5};
static const amp_weather_profile ohio = {
    .name = "Akron, Ohio",
    .utc_offset_h = -5,
    .month_degc = {-4.8, -3.2, 3.3, 9.5, 16.0, 19.8, 22.3, 21.3, 16.8, 9.9, 5.8, -0.1},
    .swing_degc = 6.4,
    .fronts_degc = 6.0};
static const amp_weather_profile wenatchee = {
    .name = "Wenatchee, Washington",
    .utc_offset_h = -8,
    .month_degc = {-1.7, 0.6, 5.6, 11.2, 15.9, 20.1, 22.7, 23.5, 19.0, 9.9, 4.1, -1.8},
    .swing_degc = 8.2,
    .fronts_degc = 4.5};
static const amp_weather_profile norway = {
    .name = "Oslo, Norway",
    .utc_offset_h = 1,
    .month_degc = {-3.8, -0.9, 0.9, 4.6, 11.9, 14.7, 17.5, 16.5, 11.0, 6.7, 1.8, -1.6},
    .swing_degc = 5.1,
    .fronts_degc = 4.5};
static const amp_weather_profile singapore = {
    .name = "Singapore",
    .utc_offset_h = 8,
    .month_degc = {26.7, 27.2, 27.6, 28.1, 28.2, 28.4, 27.8, 27.8, 27.2, 27.5, 26.7, 26.3},
    .swing_degc = 4.3,
    .fronts_degc = 1.0};
static const amp_weather_profile malaysia = {
    .name = "Kuala Lumpur, Malaysia",
    .utc_offset_h = 8,
    .month_degc = {26.9, 27.0, 27.5, 27.6, 27.6, 27.9, 27.3, 27.1, 27.2, 26.7, 26.7, 26.4},
    .swing_degc = 7.0,
    .fronts_degc = 1.0};

static const amp_demand_profile chat_america = {.name = "users in America",
                                                .utc_offset_h = -6,
                                                .start_share = 0.80,
                                                .growth_share = 0.25,
                                                .weekend_factor = 0.82,
                                                .noise_share = 0.05};
static const amp_demand_profile chat_asia = {.name = "users in Asia",
                                             .utc_offset_h = 8,
                                             .start_share = 0.70,
                                             .growth_share = 0.35,
                                             .weekend_factor = 0.88,
                                             .noise_share = 0.06};

static const int texas_utc_offset_h = -6;

static const moving_in clarington = {
    .first_unix_s = 1748736000, /* 2025-06-01 */
    .per_fortnight = 0.08,
    .full = 0.88,
};

/* ---- files ---- */

typedef struct {
    const char *name;
    int64_t step_s;
    example_column column[COLUMNS_MAX]; /* ends with a NULL header */
} example_file;

#define BITCOIN_COLUMNS                                                   \
    {                                                                     \
        {.header = "price [USD/BTC]", .fill = fill_bitcoin_price},        \
            {.header = "difficulty [1]", .fill = fill_difficulty},        \
            {.header = "hashprice [USD/PH/day]", .fill = fill_hashprice}, \
    }

static const example_file pecos_files[] = {
    {.name = "prices.csv.gz",
     .step_s = STEP_5_MIN_S,
     .column =
         {{.header = "lmp [USD/MWh]", .seed = 2025, .profile = "texas-west", .fill = fill_price}}},
    {.name = "weather.csv.gz",
     .step_s = STEP_HOUR_S,
     .column =
         {{.header = "dry_bulb [degC]", .seed = 101, .profile = &midland, .fill = fill_weather},
          {.header = "sun [1]", .seed = 102, .profile = &texas_utc_offset_h, .fill = fill_solar}}},
    {.name = "chat.csv.gz",
     .step_s = STEP_HOUR_S,
     .column =
         {{.header = "demand [1]", .seed = 103, .profile = &chat_america, .fill = fill_demand}}},
    {.name = "bitcoin.csv.gz", .step_s = AMP_SECONDS_PER_DAY, .column = BITCOIN_COLUMNS},
    {.name = NULL},
};

static const example_file northern_lights_files[] = {
    {.name = "prices_texas.csv.gz",
     .step_s = STEP_15_MIN_S,
     .column = {{.header = "rockdale [USD/MWh]",
                 .seed = 201,
                 .profile = "texas-north",
                 .fill = fill_price}}},
    {.name = "prices.csv.gz",
     .step_s = STEP_HOUR_S,
     .column =
         {{.header = "ohio [USD/MWh]", .seed = 211, .profile = "ohio", .fill = fill_price},
          {.header = "alberta [CAD/MWh]", .seed = 221, .profile = "alberta", .fill = fill_price},
          {.header = "norway [NOK/MWh]", .seed = 231, .profile = "norway-mid", .fill = fill_price},
          {.header = "singapore [SGD/MWh]",
           .seed = 241,
           .profile = "singapore",
           .fill = fill_price}}},
    {.name = "weather.csv.gz",
     .step_s = STEP_HOUR_S,
     .column =
         {{.header = "ohio [degC]", .seed = 301, .profile = &ohio, .fill = fill_weather},
          {.header = "knoxville [degC]", .seed = 302, .profile = &knoxville, .fill = fill_weather},
          {.header = "wenatchee [degC]", .seed = 303, .profile = &wenatchee, .fill = fill_weather},
          {.header = "norway [degC]", .seed = 304, .profile = &norway, .fill = fill_weather},
          {.header = "singapore [degC]", .seed = 305, .profile = &singapore, .fill = fill_weather},
          {.header = "malaysia [degC]", .seed = 306, .profile = &malaysia, .fill = fill_weather}}},
    {.name = "demand.csv.gz",
     .step_s = STEP_HOUR_S,
     .column =
         {{.header = "america [1]", .seed = 401, .profile = &chat_america, .fill = fill_demand},
          {.header = "asia [1]", .seed = 402, .profile = &chat_asia, .fill = fill_demand},
          {.header = "clarington [1]", .profile = &clarington, .fill = fill_moving_in}}},
    {.name = "bitcoin.csv.gz", .step_s = AMP_SECONDS_PER_DAY, .column = BITCOIN_COLUMNS},
    {.name = NULL},
};

static const struct {
    const char *name;
    const char *summary;
    const example_file *files;
    int64_t from_unix_s;
    int64_t to_unix_s;
} examples[] = {
    {.name = "pecos",
     .summary = "One hybrid site in West Texas: 200 MW of grid, battery, gas, sun, three mining "
                "fleets, a leased and an inference hall",
     .files = pecos_files,
     .from_unix_s = 1735711200, /* 2025-01-01T06:00:00Z: local midnight */
     .to_unix_s = 1767247200},  /* 2026-01-01T06:00:00Z */
    {.name = "northern-lights",
     .summary = "A portfolio of 3 GW: mining from Texas to Bhutan, halls in Ohio, Tennessee, "
                "Washington, Norway, Singapore and Malaysia",
     .files = northern_lights_files,
     .from_unix_s = 1735689600, /* 2025-01-01T00:00:00Z */
     .to_unix_s = 1767225600},  /* 2026-01-01T00:00:00Z */
};

enum { EXAMPLE_COUNT = sizeof examples / sizeof examples[0] };

const char *amp_example_name(size_t i)
{
    return i < EXAMPLE_COUNT ? examples[i].name : NULL;
}

static size_t find_example(const char *name)
{
    size_t i = 0;
    while (i < EXAMPLE_COUNT && strcmp(examples[i].name, name) != 0)
        i++;
    return i;
}

const char *amp_example_summary(const char *name)
{
    const size_t i = find_example(name);
    return i < EXAMPLE_COUNT ? examples[i].summary : NULL;
}

/* ---- writing ---- */

static amp_status join(const char *folder, const char *file, char *path, amp_error *err)
{
    const int length = snprintf(path, PATH_BYTES_MAX, "%s/%s", folder, file);
    if (length < 0 || length >= PATH_BYTES_MAX)
        return amp_fail(err, AMP_ARGUMENT, "the path of '%s' is longer than %d bytes", file,
                        PATH_BYTES_MAX);
    return AMP_OK;
}

static row_times times_of(size_t example, const example_file *file)
{
    const int64_t from_unix_s =
        examples[example].from_unix_s - examples[example].from_unix_s % file->step_s;
    const int64_t length_s = examples[example].to_unix_s - from_unix_s;
    return (row_times){.from_unix_s = from_unix_s,
                       .step_s = file->step_s,
                       .count = (size_t)((length_s + file->step_s - 1) / file->step_s)};
}

static size_t column_count(const example_file *file)
{
    size_t count = 0;
    while (count < COLUMNS_MAX && file->column[count].header != NULL)
        count++;
    return count;
}

/* One row of text; the header for row -1. @return its length. */
static int row_text(const example_file *file, const row_times *rows, const double *values,
                    size_t row, char *text, size_t size)
{
    char time[AMP_TIME_TEXT_BYTES];
    char cell[CELL_BYTES];
    int used = snprintf(text, size, "%s",
                        amp_time_format(rows->from_unix_s + (int64_t)row * rows->step_s, time));
    for (size_t i = 0; i < column_count(file); i++)
        used += snprintf(text + used, size - (size_t)used, ",%s",
                         amp_text_format_number(values[i * rows->count + row], cell));
    return used + snprintf(text + used, size - (size_t)used, "\n");
}

static int header_text(const example_file *file, char *text, size_t size)
{
    int used = snprintf(text, size, "time");
    for (size_t i = 0; i < column_count(file); i++)
        used += snprintf(text + used, size - (size_t)used, ",%s", file->column[i].header);
    return used + snprintf(text + used, size - (size_t)used, "\n");
}

/* The header of a gzip file opened so has neither a time nor a name. */
static amp_status write_rows(const char *path, const example_file *file, const row_times *rows,
                             const double *values, amp_error *err)
{
    char text[COLUMNS_MAX * 2 * CELL_BYTES];
    gzFile out = gzopen(path, "wb9");
    if (out == NULL)
        return amp_fail_output(err, errno, path);
    int length = header_text(file, text, sizeof text);
    bool is_ok = gzwrite(out, text, (unsigned)length) == length;
    for (size_t row = 0; row < rows->count && is_ok; row++) {
        length = row_text(file, rows, values, row, text, sizeof text);
        is_ok = gzwrite(out, text, (unsigned)length) == length;
    }
    const bool is_closed = gzclose(out) == Z_OK;
    return is_ok && is_closed ? AMP_OK : amp_fail_output(err, errno, path);
}

static amp_status write_series(size_t example, const example_file *file, const char *folder,
                               amp_error *err)
{
    char path[PATH_BYTES_MAX];
    amp_status status = join(folder, file->name, path, err);
    if (status != AMP_OK)
        return status;
    const row_times rows = times_of(example, file);
    const size_t columns = column_count(file);
    assert(columns > 0 && rows.count > 0);
    double *values = calloc(columns * rows.count, sizeof *values);
    if (values == NULL)
        return amp_fail(err, AMP_NOMEM, "no memory for the rows of '%s'", path);
    for (size_t i = 0; i < columns; i++)
        file->column[i].fill(&file->column[i], &rows, values + i * rows.count);
    status = write_rows(path, file, &rows, values, err);
    free(values);
    return status;
}

static amp_status write_portfolio(const char *name, const char *folder, amp_error *err)
{
    const amp_example_text *text = amp_example_texts;
    while (strcmp(text->name, name) != 0)
        text++;
    char path[PATH_BYTES_MAX];
    const amp_status status = join(folder, "portfolio.yaml", path, err);
    if (status != AMP_OK)
        return status;
    FILE *out = fopen(path, "wb");
    if (out == NULL)
        return amp_fail_output(err, errno, path);
    const bool is_ok = fwrite(text->text, 1, text->length, out) == text->length;
    const bool is_closed = fclose(out) == 0;
    return is_ok && is_closed ? AMP_OK : amp_fail_output(err, errno, path);
}

static amp_status fail_unknown(const char *name, amp_error *err)
{
    (void)amp_fail(err, AMP_ARGUMENT, "no example is called '%.40s'", name);
    amp_advise(err, "the examples are %s and %s", examples[0].name, examples[1].name);
    return AMP_ARGUMENT;
}

amp_status amp_example_write(const char *name, const char *folder, amp_error *err)
{
    const size_t example = find_example(name);
    if (example == EXAMPLE_COUNT)
        return fail_unknown(name, err);
    amp_status status = write_portfolio(name, folder, err);
    for (const example_file *file = examples[example].files; status == AMP_OK && file->name != NULL;
         file++)
        status = write_series(example, file, folder, err);
    return status;
}
