/* SPDX-License-Identifier: Apache-2.0 */
/** @file random_tariff.h  Random tariff files. */
#ifndef AMP_TESTS_RANDOM_TARIFF_H
#define AMP_TESTS_RANDOM_TARIFF_H

#include <stdbool.h>
#include <stdint.h>

/** Whether the random portfolio of @p seed names a tariff. */
bool random_tariff_is_used(uint64_t seed);

/**
 * Writes tariff.yaml of @p seed into the existing folder @p folder, the same one every time: demand
 * with windows, ratchets and tiers, energy, system peaks, taxes, fixed charges. It names series of
 * the random portfolio, whose horizon begins at @p from_s with steps of @p step_s.
 * @return false when it could not be written
 */
bool random_tariff_write(uint64_t seed, const char *folder, int64_t from_s, int64_t step_s);

#endif
