/* SPDX-License-Identifier: Apache-2.0 */
#include "market/synthetic.h"

#include <string.h>

/*
 * Levels and shapes are rounded from public prices of 2023 to 2025: ERCOT West and Houston real
 * time, PJM Dominion real time, the Alberta pool price, Singapore's USEP; Trondelag (NO3) is an
 * assumption. docs/examples.md has the statistics beside those of the sources.
 */
static const amp_price_profile price_profiles[] = {
    {
        .name = "texas-west",
        .utc_offset_h = -6,
        .month = {47, 48, 40, 41, 44, 41, 46, 50, 46, 45, 43, 46},
        .hour_factor = {1.05, 1.00, 1.00, 1.00, 1.03, 1.08, 1.12, 0.98, 0.70, 0.56, 0.52, 0.52,
                        0.54, 0.57, 0.61, 0.66, 0.80, 1.06, 1.38, 1.60, 1.56, 1.40, 1.22, 1.10},
        .weekend_factor = 0.9,
        .level_share = 0.22,
        .jitter = 2.2,
        .surplus = 38.0,
        .spikes_per_year = 220,
        .spike_maximum = 2500,
        .scarcity_month = 8,
        .scarcity_day = 17,
        .scarcity_maximum = 4900,
        .floor = -35,
        .cap = 5000,
    },
    {
        .name = "texas-north",
        .utc_offset_h = -6,
        .month = {33, 33, 29, 30, 33, 31, 35, 38, 33, 33, 32, 33},
        .hour_factor = {0.85, 0.81, 0.80, 0.79, 0.83, 0.91, 1.03, 0.98, 0.76, 0.68, 0.70, 0.74,
                        0.80, 0.85, 0.89, 0.95, 1.06, 1.26, 1.46, 1.66, 1.56, 1.34, 1.08, 0.92},
        .weekend_factor = 0.88,
        .level_share = 0.20,
        .jitter = 2.0,
        .surplus = 15.0,
        .spikes_per_year = 120,
        .spike_maximum = 2000,
        .scarcity_month = 8,
        .scarcity_day = 17,
        .scarcity_maximum = 4900,
        .floor = -30,
        .cap = 5000,
    },
    {
        .name = "ohio",
        .utc_offset_h = -5,
        .month = {46, 40, 36, 34, 34, 39, 45, 42, 37, 37, 37, 43},
        .hour_factor = {0.74, 0.71, 0.68, 0.68, 0.72, 0.82, 1.02, 1.06, 0.98, 0.94, 0.96, 1.00,
                        1.04, 1.06, 1.07, 1.14, 1.22, 1.38, 1.32, 1.24, 1.14, 1.02, 0.90, 0.81},
        .weekend_factor = 0.87,
        .level_share = 0.22,
        .jitter = 1.5,
        .surplus = 5.0,
        .spikes_per_year = 90,
        .spike_maximum = 700,
        .scarcity_month = 6,
        .scarcity_day = 22,
        .scarcity_maximum = 1500,
        .floor = -15,
        .cap = 3750,
    },
    {
        .name = "alberta",
        .utc_offset_h = -7,
        .month = {36, 40, 34, 33, 28, 26, 30, 32, 30, 28, 38, 38},
        .hour_factor = {0.70, 0.66, 0.63, 0.62, 0.66, 0.73, 0.95, 1.03, 0.98, 0.88, 0.83, 0.82,
                        0.82, 0.84, 0.88, 0.96, 1.14, 1.36, 1.42, 1.52, 1.44, 1.20, 0.96, 0.84},
        .weekend_factor = 0.8,
        .level_share = 0.40,
        .jitter = 3.0,
        .surplus = 16.0,
        .spikes_per_year = 420,
        .spike_maximum = 900,
        .floor = 0,
        .cap = 999.99,
    },
    {
        .name = "norway-mid",
        .utc_offset_h = 1,
        .month = {520, 480, 330, 280, 190, 170, 140, 170, 200, 260, 400, 460},
        .hour_factor = {0.86, 0.82, 0.80, 0.80, 0.84, 0.92, 1.08, 1.22, 1.24, 1.14, 1.06, 1.00,
                        0.97, 0.94, 0.93, 0.96, 1.06, 1.20, 1.22, 1.14, 1.05, 0.98, 0.92, 0.88},
        .weekend_factor = 0.88,
        .level_share = 0.40,
        .jitter = 8.0,
        .surplus = 60.0,
        .spikes_per_year = 12,
        .spike_maximum = 1500,
        .floor = -50,
        .cap = 6000,
    },
    {
        .name = "singapore",
        .utc_offset_h = 8,
        .month = {112, 120, 135, 140, 132, 125, 115, 108, 110, 120, 114, 110},
        .hour_factor = {0.88, 0.82, 0.78, 0.76, 0.75, 0.79, 0.86, 0.94, 1.10, 1.14, 1.10, 1.03,
                        0.95, 0.98, 1.00, 1.05, 1.12, 1.16, 1.17, 1.25, 1.23, 1.16, 1.03, 0.94},
        .weekend_factor = 0.85,
        .level_share = 0.15,
        .jitter = 6.0,
        .surplus = 0.0,
        .spikes_per_year = 500,
        .spike_maximum = 4000,
        .floor = 30,
        .cap = 4500,
    },
};

const amp_price_profile *amp_price_profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof price_profiles / sizeof price_profiles[0]; i++) {
        if (strcmp(price_profiles[i].name, name) == 0)
            return &price_profiles[i];
    }
    return NULL;
}
