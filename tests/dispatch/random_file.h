/* SPDX-License-Identifier: Apache-2.0 */
/** @file random_file.h  Random portfolio files, for what reads them from beginning to end. */
#ifndef AMP_TESTS_RANDOM_FILE_H
#define AMP_TESTS_RANDOM_FILE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * Writes the portfolio of @p seed into the existing folder @p folder, the same one every time:
 * portfolio.yaml with one site, and series.csv. Uses every key that changes a dispatch.
 * @return false when a file could not be written
 */
bool random_file_write(uint64_t seed, const char *folder);

#endif
