/* SPDX-License-Identifier: Apache-2.0 */
/** @file out.h  A stream and what it can show; numbers and money as people read them. */
#ifndef AMP_CLI_OUT_H
#define AMP_CLI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** A stream and what may be written to it. Plain data. */
typedef struct {
    FILE *file;
    bool is_terminal; /**< a terminal that can move its cursor (not TERM=dumb) */
    bool color;
    bool utf8;
    int width;      /**< columns to stay within */
    int text_width; /**< the same for lines that are broken only where the width is known; else 0 */
} amp_screen;

/** What @p file can show: colour and cursor only on a terminal that is not dumb, no colour with
 *  NO_COLOR; UTF-8 when the locale says so; 80 columns unless COLUMNS or the terminal say less
 *  (COLUMNS may also say more), and never less than 40. Call setlocale() before. */
amp_screen amp_screen_open(FILE *file);

typedef enum {
    AMP_STYLE_PLAIN,
    AMP_STYLE_BOLD,
    AMP_STYLE_DIM,
    AMP_STYLE_ERROR,
    AMP_STYLE_WARNING,
    AMP_STYLE_GOOD
} amp_style;

/** The escape sequence that starts @p style (PLAIN ends one), or "" on a screen without colour. */
const char *amp_screen_style(const amp_screen *screen, amp_style style);

/** Writes @p text broken at spaces, within the width of @p screen, each line after @p indent
 *  columns; the first line starts at column @p column already. Ends with a newline. */
void amp_print_wrapped(const amp_screen *screen, const char *text, int column, int indent);

/** The same for sentences that stay on one line unless COLUMNS or a terminal say how wide it is:
 *  what other programs may look for in the output of this one. */
void amp_print_text(const amp_screen *screen, const char *text, int column, int indent);

/** A line in bold, broken as amp_print_text() does. */
void amp_print_bold(const amp_screen *screen, const char *text);

enum { AMP_NUMBER_BYTES = 64 }; /**< room for any number that the functions below write */

/** "1,234,567.89": fixed decimals, commas between thousands, "0.00" never negative. @p buffer has
 *  AMP_NUMBER_BYTES. @return buffer. */
char *amp_print_fixed(double value, int decimals, char *buffer);

/** "105,408" */
char *amp_print_count(size_t value, char *buffer);

/** About @p digits significant digits, with commas and without an exponent where that stays
 *  short (1e-6 to 1e9): "0.00123", "12.3", "1,234". */
char *amp_print_digits(double value, int digits, char *buffer);

/** "9 ms", "1.23 s", "2 min 5 s": a measured time. */
char *amp_print_elapsed(double seconds, char *buffer);

/** "5 min", "1 h", "1 day", "2 weeks": a step (> 0) in its largest whole unit. */
char *amp_print_step(int64_t seconds, char *buffer);

/** "12 months", "30 days", "298 days 6 h", "6 h 30 min": how long from one time to a later one;
 * months where both lie on the same day and time of their months in UTC, else days and what
 * remains. */
char *amp_print_span(int64_t from_unix_s, int64_t to_unix_s, char *buffer);

/** "1 warning", "3 errors": @p noun in its plural form unless @p count is 1. */
char *amp_print_plural(size_t count, const char *noun, char *buffer);

/** How a table writes its money: in `unit`, so many USD each, with so many decimals. */
typedef struct {
    double usd;
    int decimals;
    const char *unit;
} amp_scale;

/** The scale that gives an amount of @p largest_usd four to six digits. */
amp_scale amp_scale_money(double largest_usd);

/** kW or MW; `usd` is then MW each. */
amp_scale amp_scale_power(double largest_mw);

/** kWh, MWh, GWh or TWh; `usd` is then MWh each. */
amp_scale amp_scale_energy(double largest_mwh);

char *amp_print_scaled(double value, amp_scale scale, char *buffer);

#endif
