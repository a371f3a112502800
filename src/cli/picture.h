/* SPDX-License-Identifier: Apache-2.0 */
/** @file picture.h  Pictures made of characters: sparklines, bars, the stacked day. */
#ifndef AMP_CLI_PICTURE_H
#define AMP_CLI_PICTURE_H

#include "cli/out.h"

enum { AMP_PICTURE_BYTES = 1024, AMP_PICTURE_MARKS_MAX = 200, AMP_DAY_HOURS = 24 };

/** What power is used for, from the bottom of a stack to its top. */
typedef enum {
    AMP_USE_LEASE,
    AMP_USE_INFERENCE,
    AMP_USE_TRAINING,
    AMP_USE_MINING,
    AMP_USE_CHARGE,
    AMP_USE_EXPORT,
    AMP_USE_COUNT
} amp_use;

/** One mark a value, from @p low (lowest mark) to @p high (highest). NaN is a space. @p buffer has
 *  AMP_PICTURE_BYTES; at most AMP_PICTURE_MARKS_MAX values are drawn. @return buffer. */
char *amp_picture_spark(const amp_screen *screen, const double *value, size_t count, double low,
                        double high, char *buffer);

/** Prints a bar of @p width columns that is cut in proportion to @p amount of each use; @p full
 *  is the whole width. Padded with spaces to its width. */
void amp_picture_bar(const amp_screen *screen, const double amount[AMP_USE_COUNT], double full,
                     int width);

/** Prints 24 stacked columns: mean MW of each use in each local hour, an axis, and nothing else.
 *  NaN in all uses of an hour leaves it out. */
void amp_picture_day(const amp_screen *screen, double (*mw)[AMP_USE_COUNT]);

/** Prints what the marks of the uses with is_used mean, after @p indent columns. */
void amp_picture_legend(const amp_screen *screen, const bool is_used[AMP_USE_COUNT], int indent);

#endif
