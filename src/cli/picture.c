/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/picture.h"

#include <math.h>
#include <string.h>

enum { DAY_ROWS = 8, AXIS_COLUMNS = 7 };

/* Marks differ in shape, so that colour is never the only sign. */
static const struct {
    const char *name;
    const char *block; /* UTF-8 */
    const char *ascii;
    const char *color;
} uses[AMP_USE_COUNT] = {
    [AMP_USE_LEASE] = {"lease", "\u2588", "#", "\x1b[34m"},
    [AMP_USE_INFERENCE] = {"inference", "\u2593", "%", "\x1b[36m"},
    [AMP_USE_TRAINING] = {"training", "\u2261", "+", "\x1b[94m"},
    [AMP_USE_MINING] = {"mining", "\u2592", "=", "\x1b[33m"},
    [AMP_USE_CHARGE] = {"charging", "\u2591", ":", "\x1b[32m"},
    [AMP_USE_EXPORT] = {"export", "\u00b7", ".", "\x1b[35m"},
};

static void print_marks(const amp_screen *screen, amp_use use, int count)
{
    if (count <= 0)
        return;
    (void)fputs(screen->color ? uses[use].color : "", screen->file);
    for (int i = 0; i < count; i++)
        (void)fputs(screen->utf8 ? uses[use].block : uses[use].ascii, screen->file);
    (void)fputs(amp_screen_style(screen, AMP_STYLE_PLAIN), screen->file);
}

char *amp_picture_spark(const amp_screen *screen, const double *value, size_t count, double low,
                        double high, char *buffer)
{
    static const char *const blocks[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};
    static const char *const letters[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
    enum { LEVELS = 8 };
    const double noise = 1e-9 * fmax(fabs(low), fabs(high));
    char *to = buffer;

    for (size_t i = 0; i < count && i < AMP_PICTURE_MARKS_MAX; i++) {
        const char *mark = " ";
        if (!isnan(value[i])) {
            const double share = high - low > noise ? (value[i] - low) / (high - low) : 0.0;
            const int level = (int)floor(fmin(fmax(share, 0.0), 1.0) * LEVELS);
            mark = (screen->utf8 ? blocks : letters)[level < LEVELS ? level : LEVELS - 1];
        }
        to = stpcpy(to, mark);
    }
    *to = '\0';
    return buffer;
}

void amp_picture_bar(const amp_screen *screen, const double amount[AMP_USE_COUNT], double full,
                     int width)
{
    double sum = 0.0;
    int drawn = 0;

    for (int use = 0; use < AMP_USE_COUNT; use++) {
        sum += amount[use];
        const double share = full > 0.0 ? fmin(sum / full, 1.0) : 0.0;
        const int end = (int)lround(share * width);
        print_marks(screen, (amp_use)use, end - drawn);
        drawn = end > drawn ? end : drawn;
    }
    (void)fprintf(screen->file, "%*s", width - drawn, "");
}

/* The use that stands at @p level_mw in a stack, or AMP_USE_COUNT above its top. */
static amp_use use_at(const double mw[AMP_USE_COUNT], double level_mw)
{
    double top_mw = 0.0;

    for (int use = 0; use < AMP_USE_COUNT; use++) {
        top_mw += mw[use];
        if (level_mw < top_mw)
            return (amp_use)use;
    }
    return AMP_USE_COUNT;
}

static double highest_stack(double (*mw)[AMP_USE_COUNT])
{
    double highest = 0.0;

    for (int hour = 0; hour < AMP_DAY_HOURS; hour++) {
        double sum = 0.0;
        for (int use = 0; use < AMP_USE_COUNT; use++)
            sum += isnan(mw[hour][use]) ? 0.0 : mw[hour][use];
        highest = fmax(highest, sum);
    }
    return highest;
}

/* The least round number that is not below @p value; half of it is round too. */
static double round_up(double value)
{
    static const double steps[] = {1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8,
                                   3.0, 3.4, 3.8, 4.2, 4.6, 5.0, 6.0, 7.0, 8.0, 9.0};
    const double power = pow(10.0, floor(log10(value)));

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (steps[i] * power >= value * (1.0 - 1e-9))
            return steps[i] * power;
    return 10.0 * power;
}

static void print_day_row(const amp_screen *screen, double (*mw)[AMP_USE_COUNT], double level_mw,
                          int hour_columns)
{
    int blank = 0;

    for (int hour = 0; hour < AMP_DAY_HOURS; hour++) {
        const amp_use use = use_at(mw[hour], level_mw);
        if (use == AMP_USE_COUNT) {
            blank += hour_columns;
            continue;
        }
        (void)fprintf(screen->file, "%*s", blank, "");
        print_marks(screen, use, hour_columns);
        blank = 0;
    }
    (void)fputc('\n', screen->file);
}

static void print_day_axis(const amp_screen *screen, int hour_columns)
{
    (void)fprintf(screen->file, "%*s ", AXIS_COLUMNS - 2, "0");
    (void)fputs(screen->utf8 ? "\u2514" : "+", screen->file);
    for (int i = 0; i < AMP_DAY_HOURS * hour_columns; i++)
        (void)fputs(screen->utf8 ? "\u2500" : "-", screen->file);
    (void)fprintf(screen->file, "\n%*s", AXIS_COLUMNS, "");
    for (int hour = 0; hour < AMP_DAY_HOURS; hour += 3)
        (void)fprintf(screen->file, hour + 3 < AMP_DAY_HOURS ? "%-*d" : "%.0d%d\n",
                      hour + 3 < AMP_DAY_HOURS ? 3 * hour_columns : 0, hour);
}

void amp_picture_day(const amp_screen *screen, double (*mw)[AMP_USE_COUNT])
{
    const double highest = highest_stack(mw);
    const int hour_columns = (screen->width - AXIS_COLUMNS) / AMP_DAY_HOURS >= 3   ? 3
                             : (screen->width - AXIS_COLUMNS) / AMP_DAY_HOURS >= 2 ? 2
                                                                                   : 1;
    if (highest <= 0.0)
        return;
    const double top_mw = round_up(highest);
    for (int i = DAY_ROWS; i-- > 0;) {
        char number[AMP_NUMBER_BYTES] = "";
        if (i == DAY_ROWS - 1 || i == DAY_ROWS / 2 - 1)
            amp_print_digits(top_mw * (i + 1) / DAY_ROWS, 3, number);
        (void)fprintf(screen->file, "%*s %s", AXIS_COLUMNS - 2, number,
                      screen->utf8 ? "\u2502" : "|");
        print_day_row(screen, mw, top_mw * (i + 0.5) / DAY_ROWS, hour_columns);
    }
    print_day_axis(screen, hour_columns);
}

void amp_picture_legend(const amp_screen *screen, const bool is_used[AMP_USE_COUNT], int indent)
{
    int column = indent;

    (void)fprintf(screen->file, "%*s", indent, "");
    for (int use = 0; use < AMP_USE_COUNT; use++) {
        if (!is_used[use])
            continue;
        const int columns = 3 + (int)strlen(uses[use].name);
        if (column > indent && column + 3 + columns > screen->width) {
            (void)fprintf(screen->file, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            column += fprintf(screen->file, "   ");
        }
        print_marks(screen, (amp_use)use, 2);
        (void)fprintf(screen->file, " %s", uses[use].name);
        column += columns;
    }
    (void)fputc('\n', screen->file);
}
