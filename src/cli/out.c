/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/out.h"

#include "base/text.h"
#include "base/time.h"

#include <langinfo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_DEFAULT = 80, WIDTH_LEAST = 40, WIDTH_MOST = 200 };

/* The value of a variable that is set and not empty, else NULL. One thread runs yet. */
static const char *variable(const char *name)
{
    const char *const value = getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool names_utf8(const char *text)
{
    return strcasecmp(text, "utf-8") == 0 || strcasecmp(text, "utf8") == 0;
}

/* The variables count too: a container often names a UTF-8 locale that it does not hold. */
static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread runs yet
    if (names_utf8(nl_langinfo(CODESET)))
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *const value = variable(names[i]);
        if (value == NULL)
            continue;
        const char *const codeset = strchr(value, '.');
        return codeset != NULL && names_utf8(codeset + 1);
    }
    return false;
}

/* Columns of the variable or of the terminal, 0 where neither says. */
static long asked_columns(void)
{
    const char *const columns = variable("COLUMNS");
    const long width = columns != NULL ? strtol(columns, NULL, 10) : 0;

    return width > 0 ? width : 0;
}

static long terminal_columns(FILE *file)
{
    struct winsize size = {0};

    return ioctl(fileno(file), TIOCGWINSZ, &size) == 0 ? (long)size.ws_col : 0;
}

static int clamp_width(long width)
{
    return (int)(width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width);
}

amp_screen amp_screen_open(FILE *file)
{
    const char *const term = variable("TERM");
    const bool is_terminal = isatty(fileno(file)) != 0 && term != NULL && strcmp(term, "dumb") != 0;
    const long asked = asked_columns();
    const long known = asked > 0 ? asked : is_terminal ? terminal_columns(file) : 0;
    const bool is_default = known == 0 || (asked == 0 && known > WIDTH_DEFAULT);

    return (amp_screen){
        .file = file,
        .is_terminal = is_terminal,
        .color = is_terminal && variable("NO_COLOR") == NULL,
        .utf8 = locale_is_utf8(),
        .width = is_default ? WIDTH_DEFAULT : clamp_width(known),
        .text_width = known == 0 ? 0 : clamp_width(known),
    };
}

const char *amp_screen_style(const amp_screen *screen, amp_style style)
{
    static const char *const sequences[] = {
        [AMP_STYLE_PLAIN] = "\x1b[0m",      [AMP_STYLE_BOLD] = "\x1b[1m",
        [AMP_STYLE_DIM] = "\x1b[2m",        [AMP_STYLE_ERROR] = "\x1b[1;31m",
        [AMP_STYLE_WARNING] = "\x1b[1;33m", [AMP_STYLE_GOOD] = "\x1b[1;32m",
    };
    return screen->color ? sequences[style] : "";
}

void amp_print_wrapped(const amp_screen *screen, const char *text, int column, int indent)
{
    (void)amp_text_wrap(screen->file, text, (size_t)column, (size_t)indent, (size_t)screen->width);
    (void)fputc('\n', screen->file);
}

void amp_print_text(const amp_screen *screen, const char *text, int column, int indent)
{
    (void)amp_text_wrap(screen->file, text, (size_t)column, (size_t)indent,
                        (size_t)screen->text_width);
    (void)fputc('\n', screen->file);
}

void amp_print_bold(const amp_screen *screen, const char *text)
{
    (void)fputs(amp_screen_style(screen, AMP_STYLE_BOLD), screen->file);
    (void)amp_text_wrap(screen->file, text, 0, 0, (size_t)screen->text_width);
    (void)fprintf(screen->file, "%s\n", amp_screen_style(screen, AMP_STYLE_PLAIN));
}

/* Copies a number as printf wrote it, with commas between the thousands of its whole part. */
static void group_thousands(const char *plain, char *buffer)
{
    const char *digit = plain;
    char *to = buffer;

    if (*digit == '-')
        *to++ = *digit++;
    const size_t whole = strspn(digit, "0123456789");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            *to++ = ',';
        *to++ = digit[i];
    }
    memcpy(to, digit + whole, strlen(digit + whole) + 1);
}

char *amp_print_fixed(double value, int decimals, char *buffer)
{
    char plain[AMP_NUMBER_BYTES - 16];

    if (!isfinite(value) || fabs(value) >= 1e24) {
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%g", value);
        return buffer;
    }
    (void)snprintf(plain, sizeof plain, "%.*f", decimals, value);
    const bool is_zero = strspn(plain, "-0.") == strlen(plain);
    group_thousands(is_zero && plain[0] == '-' ? plain + 1 : plain, buffer);
    return buffer;
}

char *amp_print_count(size_t value, char *buffer)
{
    char plain[AMP_NUMBER_BYTES - 16];

    (void)snprintf(plain, sizeof plain, "%zu", value);
    group_thousands(plain, buffer);
    return buffer;
}

char *amp_print_digits(double value, int digits, char *buffer)
{
    const double size = fabs(value);

    if ((size > 0.0 && size < 1e-6) || size >= 1e9) {
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.*g", digits, value);
        return buffer;
    }
    const int whole = size > 0.0 ? (int)floor(log10(size)) + 1 : 1;
    const int decimals = digits - whole;
    amp_print_fixed(value, decimals < 0 ? 0 : decimals, buffer);
    if (strchr(buffer, '.') != NULL) {
        size_t length = strlen(buffer);
        while (buffer[length - 1] == '0')
            length--;
        if (buffer[length - 1] == '.')
            length--;
        buffer[length] = '\0';
    }
    return buffer;
}

char *amp_print_elapsed(double seconds, char *buffer)
{
    if (seconds < 0.0995)
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.2g ms", seconds * 1000.0);
    else if (seconds < 0.9995)
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.0f ms", seconds * 1000.0);
    else if (seconds < 60.0)
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.1f s", seconds);
    else
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%d min %d s", (int)seconds / 60,
                       (int)seconds % 60);
    return buffer;
}

char *amp_print_step(int64_t seconds, char *buffer)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{604800, "week"}, {86400, "day"}, {3600, "h"}, {60, "min"}, {1, "s"}};

    size_t i = 0;
    while (seconds % units[i].seconds != 0)
        i++;
    const int64_t count = seconds / units[i].seconds;
    const bool is_word = units[i].seconds >= 86400;
    char number[AMP_NUMBER_BYTES];
    (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.30s %s%s", amp_print_count((size_t)count, number),
                   units[i].unit, is_word && count != 1 ? "s" : "");
    return buffer;
}

/* "298 days 6 h 30 min": whole units from the largest down, without those that are none. */
static char *print_days(int64_t seconds, char *buffer)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{86400, "day"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    size_t used = 0;

    buffer[0] = '\0';
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        const int64_t count = seconds / units[i].seconds;
        char number[AMP_NUMBER_BYTES];
        seconds %= units[i].seconds;
        if (count == 0)
            continue;
        used += (size_t)snprintf(buffer + used, AMP_NUMBER_BYTES - used, "%s%.20s %s%s",
                                 used > 0 ? " " : "", amp_print_count((size_t)count, number),
                                 units[i].unit, i == 0 && count != 1 ? "s" : "");
    }
    return buffer;
}

char *amp_print_span(int64_t from_unix_s, int64_t to_unix_s, char *buffer)
{
    const amp_civil from = amp_time_civil_utc(from_unix_s);
    const amp_civil to = amp_time_civil_utc(to_unix_s);
    const bool is_whole = from.day == to.day && from.hour == to.hour && from.minute == to.minute &&
                          from.second == to.second;
    const int months = (to.year - from.year) * 12 + to.month - from.month;

    if (!is_whole || months == 0)
        return print_days(to_unix_s - from_unix_s, buffer);
    if (months % 12 == 0 && months > 12)
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%d years", months / 12);
    else
        (void)snprintf(buffer, AMP_NUMBER_BYTES, "%d month%s", months, months == 1 ? "" : "s");
    return buffer;
}

char *amp_print_plural(size_t count, const char *noun, char *buffer)
{
    char number[AMP_NUMBER_BYTES];

    amp_print_count(count, number);
    (void)snprintf(buffer, AMP_NUMBER_BYTES, "%.30s %.30s%s", number, noun, count == 1 ? "" : "s");
    return buffer;
}

amp_scale amp_scale_money(double largest_usd)
{
    const double size = fabs(largest_usd);

    if (size >= 1e8)
        return (amp_scale){1e6, size >= 1e9 ? 1 : 2, "M USD"};
    if (size >= 1e6)
        return (amp_scale){1e6, 3, "M USD"};
    if (size >= 1e4)
        return (amp_scale){1e3, 2, "k USD"};
    return (amp_scale){1.0, 2, "USD"};
}

amp_scale amp_scale_power(double largest_mw)
{
    if (largest_mw > 0.0 && largest_mw < 1.0)
        return (amp_scale){1e-3, 1, "kW"};
    return (amp_scale){1.0, 1, "MW"};
}

amp_scale amp_scale_energy(double largest_mwh)
{
    if (largest_mwh > 0.0 && largest_mwh < 1.0)
        return (amp_scale){1e-3, 1, "kWh"};
    if (largest_mwh >= 1e6)
        return (amp_scale){1e3, largest_mwh >= 1e7 ? 0 : 1, "GWh"};
    if (largest_mwh >= 1e4)
        return (amp_scale){1e3, 1, "GWh"};
    return (amp_scale){1.0, largest_mwh >= 1e3 ? 0 : 1, "MWh"};
}

char *amp_print_scaled(double value, amp_scale scale, char *buffer)
{
    return amp_print_fixed(value / scale.usd, scale.decimals, buffer);
}
