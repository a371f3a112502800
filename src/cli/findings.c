/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/findings.h"

#include "base/text.h"
#include "cli/exit.h"
#include "cli/json.h"

#include <string.h>

enum { INDENT = 4, HINT_BYTES = 8192 }; /* room for two of the longest paths */

static bool is_shown(const amp_cli *cli, const amp_diagnostic *found)
{
    return found->severity == AMP_SEVERITY_ERROR || !amp_option_given(cli, AMP_OPTION_QUIET);
}

bool amp_finding_is_usage(const amp_diagnostic *found, amp_status status)
{
    return status == AMP_ARGUMENT && found->severity == AMP_SEVERITY_ERROR &&
           found->place.file == NULL;
}

static void show_error(const amp_cli *cli, const char *message, const char *advice)
{
    const amp_screen *const screen = &cli->notes;

    (void)fprintf(screen->file, "ampacity: %serror:%s ", amp_screen_style(screen, AMP_STYLE_ERROR),
                  amp_screen_style(screen, AMP_STYLE_PLAIN));
    amp_print_text(screen, message, (int)strlen("ampacity: error: "), INDENT);
    if (advice[0] == '\0')
        return;
    (void)fputs("  = ", screen->file);
    amp_print_text(screen, advice, INDENT, INDENT);
}

/* What was not printed yet, of a run that ends with @p status. */
static void show_findings(amp_cli *cli, amp_status status)
{
    if (amp_option_given(cli, AMP_OPTION_JSON) || cli->diagnostics == NULL)
        return;
    if (cli->shown_count == 0)
        amp_diagnostics_sort(cli->diagnostics);
    const size_t count = amp_diagnostics_count(cli->diagnostics);
    for (; cli->shown_count < count; cli->shown_count++) {
        const amp_diagnostic *const found = amp_diagnostics_get(cli->diagnostics, cli->shown_count);
        if (amp_finding_is_usage(found, status))
            show_error(cli, found->message, found->advice);
        else if (is_shown(cli, found))
            amp_diagnostic_print_within(found, cli->notes.color, (size_t)cli->notes.text_width,
                                        cli->notes.file);
    }
}

void amp_findings_show(amp_cli *cli)
{
    show_findings(cli, AMP_OK);
}

/* How many findings about files there were. */
static void show_counts(const amp_cli *cli, amp_status status)
{
    char errors[AMP_NUMBER_BYTES];
    char warnings[AMP_NUMBER_BYTES];
    size_t error_count = amp_diagnostics_error_count(cli->diagnostics);
    size_t warning_count = 0;

    for (size_t i = 0; i < amp_diagnostics_count(cli->diagnostics); i++) {
        const amp_diagnostic *const found = amp_diagnostics_get(cli->diagnostics, i);
        warning_count += found->severity == AMP_SEVERITY_WARNING && is_shown(cli, found);
        error_count -= amp_finding_is_usage(found, status);
    }
    amp_print_plural(error_count, "error", errors);
    amp_print_plural(warning_count, "warning", warnings);
    if (error_count > 0 && warning_count > 0)
        (void)fprintf(cli->notes.file, "%s, %s\n", errors, warnings);
    else if (error_count + warning_count > 0)
        (void)fprintf(cli->notes.file, "%s\n", error_count > 0 ? errors : warnings);
}

void amp_findings_end(amp_cli *cli, amp_status status)
{
    const bool is_error = amp_exit_is_failure(status);

    if (is_error && cli->error.status == AMP_OK &&
        amp_diagnostics_error_count(cli->diagnostics) == 0)
        (void)amp_fail(&cli->error, status, "%s", amp_status_text(status));
    if (amp_option_given(cli, AMP_OPTION_JSON)) {
        if (is_error)
            (void)amp_json_print(amp_json_error(cli, status), cli->out.file);
        return;
    }
    show_findings(cli, status);
    if (is_error && cli->error.status != AMP_OK)
        show_error(cli, cli->error.message, cli->error.advice);
    show_counts(cli, status);
}

/* A sentence, or a command and after three spaces what it does: commands stay whole, so that they
 * can be copied. */
static void show_hint_line(const amp_screen *screen, char *line)
{
    char *const command = line + strspn(line, " ");
    const bool is_command = command != line || strncmp(line, "Next: ", 6) == 0;
    char *const meaning = is_command ? strstr(command, "   ") : NULL;
    const size_t columns = amp_text_columns(line);

    if (!is_command) {
        amp_print_text(screen, line, 0, 0);
        return;
    }
    if (meaning == NULL || screen->text_width == 0 || columns <= (size_t)screen->text_width) {
        (void)fprintf(screen->file, "%s\n", line);
        return;
    }
    *meaning = '\0';
    (void)fprintf(screen->file, "%s\n%*s", line, 2 * INDENT, "");
    amp_print_text(screen, meaning + 1 + strspn(meaning + 1, " "), 2 * INDENT, 2 * INDENT);
}

void amp_hint(const amp_cli *cli, const char *format, ...)
{
    char text[HINT_BYTES];
    va_list arguments;

    if (amp_option_given(cli, AMP_OPTION_QUIET) || amp_option_given(cli, AMP_OPTION_JSON))
        return;
    (void)fflush(cli->out.file); /* a hint comes after the result where both meet */
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char *next = text;
    for (char *line = next; next != NULL; line = next) {
        char *const end = strchr(line, '\n');
        next = end != NULL ? end + 1 : NULL;
        if (end != NULL)
            *end = '\0';
        show_hint_line(&cli->notes, line);
    }
}
