/* SPDX-License-Identifier: Apache-2.0 */
/** @file examples.h  The examples' portfolio files, embedded at build time; private to market/. */
#ifndef AMP_MARKET_EXAMPLES_H
#define AMP_MARKET_EXAMPLES_H

#include <stddef.h>

/** The text of examples/NAME/portfolio.yaml. */
typedef struct {
    const char *name;
    const char *text;
    size_t length;
} amp_example_text;

/** Ends with a row whose name is NULL. */
extern const amp_example_text amp_example_texts[];

#endif
