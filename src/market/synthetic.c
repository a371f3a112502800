/* SPDX-License-Identifier: Apache-2.0 */
#include "market/synthetic.h"

#include "base/time.h"

#include <math.h>
#include <stdbool.h>

/*
 * Additions, products, quotients and square roots only: IEEE 754 rounds them correctly, so that
 * every machine gives the same bits. Shapes over the day and the year are tables.
 */

/* ---- what wanders ---- */

/* A standard normal that forgets slowly, one step an hour, joined by straight lines. */
typedef struct {
    amp_random random;
    double memory; /* correlation from one hour to the next */
    double now;
    double next;
} wander;

static double wander_draw(wander *w, double from)
{
    return w->memory * from + sqrt(1.0 - w->memory * w->memory) * amp_random_normal(&w->random);
}

static wander wander_started(uint64_t seed, double memory)
{
    wander w = {.random = amp_random_seeded(seed), .memory = memory};
    w.now = amp_random_normal(&w.random);
    w.next = wander_draw(&w, w.now);
    return w;
}

static void wander_hour(wander *w)
{
    w->now = w->next;
    w->next = wander_draw(w, w->now);
}

static double wander_at(const wander *w, double share_of_hour)
{
    return w->now + (w->next - w->now) * share_of_hour;
}

/* ---- the clock ---- */

/* Where a moment lies in the local day and year. */
typedef struct {
    amp_civil civil;
    double hour;  /* 0 .. 24 */
    double month; /* 0 .. 12, at the middle of January 0.5 */
    bool is_weekend;
    double share_of_hour; /* since the last full hour from the start */
} moment;

static moment moment_at(int64_t unix_s, int64_t from_unix_s, int utc_offset_h)
{
    static const double month_days[12] = {31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    moment m = {.civil = amp_time_civil_utc(unix_s + utc_offset_h * AMP_SECONDS_PER_HOUR)};
    m.hour = m.civil.hour + m.civil.minute / 60.0;
    const double day = m.civil.day - 1 + m.hour / 24.0;
    m.month = m.civil.month - 1 + day / month_days[m.civil.month - 1];
    m.is_weekend = m.civil.weekday >= 5;
    m.share_of_hour =
        (double)((unix_s - from_unix_s) % AMP_SECONDS_PER_HOUR) / AMP_SECONDS_PER_HOUR;
    return m;
}

/* Table around a circle, whose entry i holds at i + 0.5, joined by straight lines. */
static double around(const double *table, int count, double at)
{
    const double shifted = at - 0.5 + count;
    const int whole = (int)shifted;
    const double share = shifted - whole;
    const double first = table[whole % count];
    return first + (table[(whole + 1) % count] - first) * share;
}

static double rounded(double value, double per_unit)
{
    return floor(value * per_unit + 0.5) / per_unit;
}

static double clamped(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* Hours that begin at step @p i; a step of several hours begins them all. */
static int64_t hours_begun(int64_t step_s, size_t i)
{
    if (i == 0)
        return 0;
    const int64_t now = (int64_t)i * step_s / AMP_SECONDS_PER_HOUR;
    return now - (int64_t)(i - 1) * step_s / AMP_SECONDS_PER_HOUR;
}

/* ---- prices ---- */

/* A short rise: full height at its start, 40 % of it at its end. */
typedef struct {
    double height;
    int64_t start_unix_s;
    int64_t length_s;
} spike;

enum { SPIKE_UNIT_S = 900, SPIKE_UNITS_MAX = 6 };

static double spike_at(const spike *s, int64_t unix_s)
{
    const int64_t elapsed_s = unix_s - s->start_unix_s;
    if (elapsed_s < 0 || elapsed_s >= s->length_s)
        return 0.0;
    return s->height * (1.0 - 0.6 * (double)elapsed_s / (double)s->length_s);
}

/* Heights fall off as 1 / u: many of a hundred, few of thousands. They come when demand is high. */
static void maybe_spike(amp_random *random, const amp_price_profile *profile, double hour_factor,
                        int64_t unix_s, spike *s)
{
    const double chance = profile->spikes_per_year / 8760.0 * hour_factor * hour_factor;
    const double draw = amp_random_uniform(random);
    const double height = 60.0 / (amp_random_uniform(random) + 0.01);
    const int64_t units = 1 + (int64_t)(amp_random_uniform(random) * SPIKE_UNITS_MAX);
    if (draw < chance)
        *s = (spike){.height = fmin(height, profile->spike_maximum),
                     .start_unix_s = unix_s,
                     .length_s = units * SPIKE_UNIT_S};
}

/* A week of heat or cold: each day has its severity, the worst hours are late afternoon. */
static double scarcity_at(const amp_price_profile *profile, const moment *m)
{
    static const double day_severity[7] = {0.10, 0.30, 0.65, 1.00, 0.80, 0.25, 0.05};
    static const double hour_severity[24] = {[14] = 0.05, [15] = 0.15, [16] = 0.35, [17] = 0.70,
                                             [18] = 1.00, [19] = 0.90, [20] = 0.55, [21] = 0.20};
    const int day = m->civil.day - profile->scarcity_day;
    if (m->civil.month != profile->scarcity_month || day < 0 || day >= 7)
        return 0.0;
    return profile->scarcity_maximum * day_severity[day] * around(hour_severity, 24, m->hour);
}

/* Everything that changes from step to step. */
typedef struct {
    const amp_price_profile *profile;
    wander level;
    wander surplus;
    amp_random spikes;
    amp_random steps;
    double jitter;
    spike spike;
} price_state;

static double price_at(price_state *s, int64_t unix_s, const moment *m)
{
    const amp_price_profile *p = s->profile;
    /* Surplus counts from its mean half up: half of the time there is none. */
    const double surplus = fmax(0.0, wander_at(&s->surplus, m->share_of_hour) - 0.5);
    const double level = 1.0 + p->level_share * wander_at(&s->level, m->share_of_hour);
    s->jitter = 0.8 * s->jitter + 0.6 * amp_random_normal(&s->steps);
    double price = around(p->month, 12, m->month) * around(p->hour_factor, 24, m->hour) * level;
    price *= m->is_weekend ? p->weekend_factor : 1.0;
    price += p->jitter * s->jitter - p->surplus * surplus;
    price += spike_at(&s->spike, unix_s) + scarcity_at(p, m);
    return rounded(clamped(price, p->floor, p->cap), 100.0);
}

void amp_synthetic_prices(uint64_t seed, int64_t from_unix_s, int64_t step_s, size_t count,
                          const amp_price_profile *profile, double *out)
{
    price_state s = {.profile = profile,
                     .level = wander_started(seed, 0.98),
                     .surplus = wander_started(seed + 1, 0.95),
                     .spikes = amp_random_seeded(seed + 2),
                     .steps = amp_random_seeded(seed + 3)};
    for (size_t i = 0; i < count; i++) {
        const int64_t unix_s = from_unix_s + (int64_t)i * step_s;
        const moment m = moment_at(unix_s, from_unix_s, profile->utc_offset_h);
        for (int64_t begun = hours_begun(step_s, i); begun > 0; begun--) {
            wander_hour(&s.level);
            wander_hour(&s.surplus);
            maybe_spike(&s.spikes, profile, profile->hour_factor[m.civil.hour], unix_s, &s.spike);
        }
        out[i] = price_at(&s, unix_s, &m);
    }
}

/* ---- weather ---- */

/* Fronts bring less change in the warm half of the year. */
static double fronts_degc_at(const amp_weather_profile *profile, double month_degc)
{
    double coldest = profile->month_degc[0];
    double warmest = profile->month_degc[0];
    for (size_t i = 1; i < 12; i++) {
        coldest = fmin(coldest, profile->month_degc[i]);
        warmest = fmax(warmest, profile->month_degc[i]);
    }
    const double warmth = (month_degc - coldest) / fmax(1.0, warmest - coldest);
    return profile->fronts_degc * (1.0 - 0.6 * warmth);
}

void amp_synthetic_weather(uint64_t seed, int64_t from_unix_s, int64_t step_s, size_t count,
                           const amp_weather_profile *profile, double *out)
{
    /* Coldest before sunrise, warmest in the middle of the afternoon; one from end to end. */
    static const double day[24] = {-0.26, -0.32, -0.37, -0.41, -0.44, -0.46, -0.47, -0.40,
                                   -0.24, -0.06, 0.10,  0.24,  0.35,  0.44,  0.50,  0.53,
                                   0.52,  0.46,  0.35,  0.21,  0.09,  -0.02, -0.11, -0.19};
    wander fronts = wander_started(seed, 0.985);
    for (size_t i = 0; i < count; i++) {
        const int64_t unix_s = from_unix_s + (int64_t)i * step_s;
        const moment m = moment_at(unix_s, from_unix_s, profile->utc_offset_h);
        for (int64_t begun = hours_begun(step_s, i); begun > 0; begun--)
            wander_hour(&fronts);
        const double month_degc = around(profile->month_degc, 12, m.month);
        const double front_degc =
            fronts_degc_at(profile, month_degc) * wander_at(&fronts, m.share_of_hour);
        const double day_degc = profile->swing_degc * around(day, 24, m.hour);
        out[i] = rounded(month_degc + day_degc + front_degc, 10.0);
    }
}

/* ---- demand ---- */

void amp_synthetic_demand(uint64_t seed, int64_t from_unix_s, int64_t step_s, size_t count,
                          const amp_demand_profile *profile, double *out)
{
    /* Working hours and a second, lower rise in the evening. */
    static const double day[24] = {0.60, 0.52, 0.47, 0.45, 0.44, 0.46, 0.53, 0.64,
                                   0.79, 0.92, 0.98, 0.99, 0.94, 0.97, 1.00, 1.00,
                                   0.98, 0.94, 0.89, 0.88, 0.90, 0.88, 0.80, 0.70};
    static const double year_s = 31536000.0;
    wander mood = wander_started(seed, 0.9);
    for (size_t i = 0; i < count; i++) {
        const int64_t elapsed_s = (int64_t)i * step_s;
        const moment m = moment_at(from_unix_s + elapsed_s, from_unix_s, profile->utc_offset_h);
        for (int64_t begun = hours_begun(step_s, i); begun > 0; begun--)
            wander_hour(&mood);
        const double peak =
            profile->start_share + profile->growth_share * (double)elapsed_s / year_s;
        const double noise = 1.0 + profile->noise_share * wander_at(&mood, m.share_of_hour);
        const double week = m.is_weekend ? profile->weekend_factor : 1.0;
        out[i] = rounded(fmax(0.0, peak * week * noise * around(day, 24, m.hour)), 1000.0);
    }
}

/* ---- sun ---- */

void amp_synthetic_solar(uint64_t seed, int64_t from_unix_s, int64_t step_s, size_t count,
                         int utc_offset_h, double *out)
{
    /* Half of the daylight by month, hours, at 31 degrees north. */
    static const double half_day_h[12] = {5.2, 5.6, 6.0, 6.4, 6.8, 7.0,
                                          6.9, 6.6, 6.2, 5.7, 5.3, 5.1};
    static const double noon_h = 12.8; /* by standard time, west of the zone's meridian */
    static const double oversizing = 1.35;
    wander clouds = wander_started(seed, 0.9);
    for (size_t i = 0; i < count; i++) {
        const int64_t unix_s = from_unix_s + (int64_t)i * step_s;
        const moment m = moment_at(unix_s, from_unix_s, utc_offset_h);
        for (int64_t begun = hours_begun(step_s, i); begun > 0; begun--)
            wander_hour(&clouds);
        const double side = (m.hour - noon_h) / around(half_day_h, 12, m.month);
        const double clear = clamped(oversizing * (1.0 - side * side), 0.0, 1.0);
        const double cover = clamped(wander_at(&clouds, m.share_of_hour) - 0.2, 0.0, 1.6);
        out[i] = rounded(clear * (1.0 - 0.6 * cover), 1000.0);
    }
}
