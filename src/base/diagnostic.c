/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diagnostic.h"

#include "base/control.h"
#include "base/text.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    MESSAGE_BYTES = 1024, /* longer messages are cut, and end in "..." */
    TEXT_BYTES_LIMIT = 16 << 20,
    EXCERPT_SHOWN_BYTES = 100,
    EXCERPT_SHOWN_BEFORE_BYTES = 40, /* of them before the column */
    LINE_NUMBER_WIDTH = 5,
    TEXT_INDENT = 4 /* of advice, and of what follows a line's first part */
};

static const struct {
    const char *id;
    const char *meaning;
    amp_status status;
} codes[] = {
#define X(name, id, status, meaning) {id, meaning, AMP_##status},
    AMP_CODE_LIST(X)
#undef X
};

/** The status that decides the exit comes first. */
static const amp_status status_order[] = {AMP_INTERNAL, AMP_NOMEM, AMP_IO,        AMP_NOT_FOUND,
                                          AMP_PARSE,    AMP_DATA,  AMP_INFEASIBLE};

static const struct {
    const char *word;
    const char *color;
} severities[] = {
    [AMP_SEVERITY_ERROR] = {"error", "\033[1;31m"},
    [AMP_SEVERITY_WARNING] = {"warning", "\033[1;33m"},
};

static const char color_off[] = "\033[0m";

typedef struct {
    amp_diagnostic diagnostic;
    size_t file_rank; /* of first appearance */
    size_t sequence;
} entry;

/* Room for all findings is there from the start: one is never lost for want of memory, at worst
 * its text is replaced by the meaning of its code. */
struct amp_diagnostics {
    amp_arena *arena;
    size_t count;
    size_t error_count;
    size_t hidden_count;     /* findings after the first AMP_DIAGNOSTICS_MAX */
    unsigned error_statuses; /* one bit for each amp_status among the errors, hidden ones too */
    size_t file_count;
    const char *files[AMP_DIAGNOSTICS_MAX]; /* in order of first appearance; one may be NULL */
    entry entries[AMP_DIAGNOSTICS_MAX];
    amp_diagnostic too_many;
    char too_many_message[64];
};

const char *amp_code_id(amp_code code)
{
    return codes[code].id;
}

const char *amp_code_meaning(amp_code code)
{
    return codes[code].meaning;
}

amp_status amp_code_status(amp_code code)
{
    return codes[code].status;
}

size_t amp_code_count(void)
{
    return sizeof codes / sizeof codes[0];
}

amp_diagnostics *amp_diagnostics_new(void)
{
    amp_diagnostics *diagnostics = calloc(1, sizeof *diagnostics);
    if (diagnostics == NULL)
        return NULL;
    diagnostics->arena = amp_arena_new(TEXT_BYTES_LIMIT);
    if (diagnostics->arena == NULL) {
        free(diagnostics);
        return NULL;
    }
    return diagnostics;
}

void amp_diagnostics_free(amp_diagnostics *diagnostics)
{
    if (diagnostics == NULL)
        return;
    amp_arena_free(diagnostics->arena);
    free(diagnostics);
}

/** Replaces control bytes by spaces and bytes that are not UTF-8 by '?', so that columns stay, a
 *  terminal is not steered and the text can go into JSON. */
static void clean_text(char *text)
{
    size_t i = 0;
    while (text[i] != '\0') {
        const size_t bytes = amp_utf8_bytes(text + i, AMP_UTF8_BYTES_MAX);
        if (bytes > 0 && amp_control_is(text + i, bytes))
            memset(text + i, ' ', bytes);
        if (bytes == 0)
            text[i] = '?';
        i += bytes > 0 ? bytes : 1;
    }
}

/** A clean copy in the collection; @p fallback when there is no memory. */
static const char *copy_text(amp_diagnostics *diagnostics, const char *text, const char *fallback)
{
    if (text == NULL || text[0] == '\0')
        return "";
    char *copy = amp_arena_copy_text(diagnostics->arena, text, strlen(text));
    if (copy == NULL)
        return fallback;
    clean_text(copy);
    return copy;
}

/** Ends a message that did not fit in "...", without half a UTF-8 character before it. */
static void mark_cut(char *message)
{
    size_t end = MESSAGE_BYTES - sizeof "...";
    while (end > 0 && amp_utf8_is_continuation(message[end]))
        end--;
    memcpy(message + end, "...", sizeof "...");
}

/** Index in files[] of @p file (NULL is one too), which is added when it is new. A new one always
 *  has room: it belongs to a finding that is kept. */
static size_t find_file(amp_diagnostics *diagnostics, const char *file)
{
    const char *name = file == NULL ? NULL : copy_text(diagnostics, file, file);
    size_t i = 0;
    for (; i < diagnostics->file_count; i++) {
        const char *known = diagnostics->files[i];
        if (known == name || (known != NULL && name != NULL && strcmp(known, name) == 0))
            return i;
    }
    diagnostics->files[i] = name;
    diagnostics->file_count++;
    return i;
}

/** True when @p finding with @p message is there already. Where the line is not known, the key
 *  tells places apart. */
static bool is_known(const amp_diagnostics *diagnostics, const amp_finding *finding,
                     const char *message)
{
    const char *file = finding->place.file;
    const char *key = finding->key == NULL ? "" : finding->key;
    for (size_t i = 0; i < diagnostics->count; i++) {
        const amp_diagnostic *known = &diagnostics->entries[i].diagnostic;
        const char *known_file = known->place.file;
        if (known->code == finding->code && known->place.line == finding->place.line &&
            known->place.column == finding->place.column &&
            (known->place.line != 0 || strcmp(known->key, key) == 0) &&
            (known_file == NULL) == (file == NULL) &&
            (file == NULL || strcmp(known_file, file) == 0) && strcmp(known->message, message) == 0)
            return true;
    }
    return false;
}

static void keep(amp_diagnostics *diagnostics, const amp_finding *finding, amp_severity severity,
                 const char *message)
{
    const size_t file_rank = find_file(diagnostics, finding->place.file);
    const size_t sequence = diagnostics->count++;
    entry *kept = &diagnostics->entries[sequence];
    kept->file_rank = file_rank;
    kept->sequence = sequence;
    kept->diagnostic = (amp_diagnostic){
        .severity = severity,
        .code = finding->code,
        .place = finding->place,
        .key = copy_text(diagnostics, finding->key, ""),
        .message = copy_text(diagnostics, message, codes[finding->code].meaning),
        .advice = copy_text(diagnostics, finding->advice, ""),
        .excerpt = copy_text(diagnostics, finding->excerpt, ""),
    };
    kept->diagnostic.place.file = diagnostics->files[file_rank];
}

/** Counts a finding for which there is no room. */
static void hide(amp_diagnostics *diagnostics, amp_severity severity)
{
    const size_t count = ++diagnostics->hidden_count;
    const bool has_error = severity == AMP_SEVERITY_ERROR ||
                           (count > 1 && diagnostics->too_many.severity == AMP_SEVERITY_ERROR);
    (void)snprintf(diagnostics->too_many_message, sizeof diagnostics->too_many_message,
                   count == 1 ? "%zu more finding is not shown" : "%zu more findings are not shown",
                   count);
    diagnostics->too_many = (amp_diagnostic){
        .severity = has_error ? AMP_SEVERITY_ERROR : AMP_SEVERITY_WARNING,
        .code = AMP_CODE_TOO_MANY,
        .key = "",
        .message = diagnostics->too_many_message,
        .advice = "correct those that are shown first",
        .excerpt = "",
    };
}

amp_status amp_report(amp_diagnostics *diagnostics, const amp_finding *finding, const char *format,
                      ...)
{
    const amp_status code_status = codes[finding->code].status;
    const bool is_error = finding->severity == AMP_SEVERITY_ERROR && code_status != AMP_OK;
    const amp_status status = is_error ? code_status : AMP_OK;
    if (diagnostics == NULL)
        return status;

    char message[MESSAGE_BYTES] = "";
    va_list arguments;
    va_start(arguments, format);
    const int wanted = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (wanted >= MESSAGE_BYTES)
        mark_cut(message);
    clean_text(message);
    if (is_known(diagnostics, finding, message))
        return status;

    if (is_error) {
        diagnostics->error_count++;
        diagnostics->error_statuses |= 1U << status;
    }
    const amp_severity severity = is_error ? AMP_SEVERITY_ERROR : AMP_SEVERITY_WARNING;
    if (diagnostics->count < AMP_DIAGNOSTICS_MAX)
        keep(diagnostics, finding, severity, message);
    else
        hide(diagnostics, severity);
    return status;
}

size_t amp_diagnostics_count(const amp_diagnostics *diagnostics)
{
    return diagnostics->count + (diagnostics->hidden_count > 0 ? 1 : 0);
}

const amp_diagnostic *amp_diagnostics_get(const amp_diagnostics *diagnostics, size_t i)
{
    return i < diagnostics->count ? &diagnostics->entries[i].diagnostic : &diagnostics->too_many;
}

size_t amp_diagnostics_error_count(const amp_diagnostics *diagnostics)
{
    return diagnostics->error_count;
}

amp_status amp_diagnostics_status(const amp_diagnostics *diagnostics)
{
    for (size_t i = 0; i < sizeof status_order / sizeof status_order[0]; i++) {
        if ((diagnostics->error_statuses & 1U << status_order[i]) != 0)
            return status_order[i];
    }
    return AMP_OK;
}

static int compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_entries(const void *left, const void *right)
{
    const entry *a = left;
    const entry *b = right;
    int order = compare_numbers(a->file_rank, b->file_rank);
    if (order == 0)
        order = compare_numbers(a->diagnostic.place.line, b->diagnostic.place.line);
    if (order == 0)
        order = compare_numbers(a->diagnostic.place.column, b->diagnostic.place.column);
    return order != 0 ? order : compare_numbers(a->sequence, b->sequence);
}

void amp_diagnostics_sort(amp_diagnostics *diagnostics)
{
    qsort(diagnostics->entries, diagnostics->count, sizeof diagnostics->entries[0],
          compare_entries);
}

static size_t count_characters(const char *text, size_t from, size_t to)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++)
        count += amp_utf8_is_continuation(text[i]) ? 0U : 1U;
    return count;
}

static void print_repeated(char byte, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++)
        (void)fputc(byte, out);
}

static void print_colored(const amp_diagnostic *diagnostic, bool color, const char *text, FILE *out)
{
    if (color)
        (void)fprintf(out, "%s%s%s", severities[diagnostic->severity].color, text, color_off);
    else
        (void)fputs(text, out);
}

/** `portfolio.yaml:14:12: `, as far as it is known. @return its columns */
static size_t print_place(const amp_place *place, FILE *out)
{
    const char *const file = place->file == NULL ? "<input>" : place->file;
    char numbers[32] = "";
    if (place->file == NULL && place->line == 0)
        return 0;
    if (place->line > 0 && place->column > 0)
        (void)snprintf(numbers, sizeof numbers, "%u:%u:", place->line, place->column);
    else if (place->line > 0)
        (void)snprintf(numbers, sizeof numbers, "%u:", place->line);
    (void)fprintf(out, "%s:%s ", file, numbers);
    return amp_text_columns(file) + strlen(numbers) + 2;
}

/** The part of an excerpt that is shown: bytes [start, stop), of which the caret is at `caret`. */
typedef struct {
    size_t start;
    size_t stop;
    size_t caret;
} excerpt_window;

static excerpt_window choose_window(const amp_diagnostic *diagnostic)
{
    const char *excerpt = diagnostic->excerpt;
    const size_t length = strlen(excerpt);
    const size_t column = diagnostic->place.column;
    excerpt_window window = {.start = 0, .stop = length, .caret = column > 0 ? column - 1 : 0};
    if (window.caret > length)
        window.caret = length;
    if (length <= EXCERPT_SHOWN_BYTES)
        return window;
    if (window.caret > EXCERPT_SHOWN_BEFORE_BYTES)
        window.start = window.caret - EXCERPT_SHOWN_BEFORE_BYTES;
    if (window.start > length - EXCERPT_SHOWN_BYTES)
        window.start = length - EXCERPT_SHOWN_BYTES;
    window.stop = window.start + EXCERPT_SHOWN_BYTES;
    while (window.start > 0 && amp_utf8_is_continuation(excerpt[window.start]))
        window.start--;
    while (window.stop < length && amp_utf8_is_continuation(excerpt[window.stop]))
        window.stop++;
    return window;
}

/** @return how many there are */
static size_t print_carets(const amp_diagnostic *diagnostic, excerpt_window window, bool color,
                           FILE *out)
{
    size_t end = window.caret + diagnostic->place.length;
    if (end > window.stop)
        end = window.stop;
    size_t count = count_characters(diagnostic->excerpt, window.caret, end);
    if (count == 0)
        count = 1;
    if (color)
        (void)fputs(severities[diagnostic->severity].color, out);
    print_repeated('^', count, out);
    if (color)
        (void)fputs(color_off, out);
    return count;
}

static void print_advice(const amp_diagnostic *diagnostic, size_t width, FILE *out)
{
    if (diagnostic->advice[0] == '\0')
        return;
    (void)fputs("  = ", out);
    (void)amp_text_wrap(out, diagnostic->advice, TEXT_INDENT, TEXT_INDENT, width);
    (void)fputc('\n', out);
}

/** Beside the carets, which end at @p column, where it fits. */
static void print_advice_beside(const amp_diagnostic *diagnostic, size_t column, size_t width,
                                FILE *out)
{
    const size_t columns = amp_text_columns(diagnostic->advice);
    const bool is_beside = width == 0 || column + 1 + columns <= width;
    if (columns > 0 && is_beside)
        (void)fprintf(out, " %s", diagnostic->advice);
    (void)fputc('\n', out);
    if (!is_beside)
        print_advice(diagnostic, width, out);
}

/** The line of the file, and below it the carets and the advice. */
static void print_excerpt(const amp_diagnostic *diagnostic, bool color, size_t text_width,
                          FILE *out)
{
    const excerpt_window window = choose_window(diagnostic);
    const bool is_cut_before = window.start > 0;
    const bool is_cut_after = diagnostic->excerpt[window.stop] != '\0';
    char number[16] = "";
    if (diagnostic->place.line > 0)
        (void)snprintf(number, sizeof number, "%u", diagnostic->place.line);
    (void)fprintf(out, "%*s | %s%.*s%s\n", LINE_NUMBER_WIDTH, number, is_cut_before ? "..." : "",
                  (int)(window.stop - window.start), diagnostic->excerpt + window.start,
                  is_cut_after ? "..." : "");
    if (diagnostic->place.column == 0) {
        print_advice(diagnostic, text_width, out);
        return;
    }
    const size_t width = strlen(number) > LINE_NUMBER_WIDTH ? strlen(number) : LINE_NUMBER_WIDTH;
    print_repeated(' ', width, out);
    (void)fputs(" | ", out);
    print_repeated(' ', is_cut_before ? strlen("...") : 0, out);
    const size_t before = count_characters(diagnostic->excerpt, window.start, window.caret);
    print_repeated(' ', before, out);
    const size_t carets = print_carets(diagnostic, window, color, out);
    const size_t column = width + strlen(" | ") + (is_cut_before ? 3 : 0) + before + carets;
    print_advice_beside(diagnostic, column, text_width, out);
}

void amp_diagnostic_print(const amp_diagnostic *diagnostic, bool color, FILE *out)
{
    amp_diagnostic_print_within(diagnostic, color, 0, out);
}

void amp_diagnostic_print_within(const amp_diagnostic *diagnostic, bool color, size_t width,
                                 FILE *out)
{
    const char *const word = severities[diagnostic->severity].word;
    char id[64];
    size_t column = print_place(&diagnostic->place, out);
    print_colored(diagnostic, color, word, out);
    (void)fputs(": ", out);
    column += strlen(word) + 2;
    column = amp_text_wrap(out, diagnostic->message, column, TEXT_INDENT, width);
    (void)snprintf(id, sizeof id, " [%s]", codes[diagnostic->code].id);
    (void)amp_text_wrap(out, id, column, TEXT_INDENT, width);
    (void)fputc('\n', out);
    if (diagnostic->excerpt[0] != '\0') {
        print_excerpt(diagnostic, color, width, out);
        return;
    }
    if (diagnostic->key[0] != '\0')
        (void)fprintf(out, "  = in %s\n", diagnostic->key);
    print_advice(diagnostic, width, out);
}
