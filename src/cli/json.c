/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/json.h"

#include "base/text.h"
#include "base/time.h"
#include "cli/exit.h"
#include "cli/findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *amp_json_text(const char *text)
{
    json_t *value = json_string(text);

    if (value != NULL)
        return value;
    char *const copy = strdup(text); /* a file name may be any bytes, JSON only UTF-8 */
    if (copy == NULL)
        return NULL;
    for (char *byte = copy; *byte != '\0'; byte++)
        if (((unsigned char)*byte & 0x80U) != 0)
            *byte = '?';
    value = json_string(copy);
    free(copy);
    return value;
}

static json_t *finding(const amp_diagnostic *found, amp_status status)
{
    const amp_place *const place = &found->place;
    const char *const id =
        amp_finding_is_usage(found, status) ? amp_exit_error_id(status) : amp_code_id(found->code);

    return json_pack("{s:s, s:o, s:I, s:I, s:o, s:o, s:o}", "id", id, "file",
                     amp_json_text(place->file != NULL ? place->file : ""), "line",
                     (json_int_t)place->line, "column", (json_int_t)place->column, "key",
                     amp_json_text(found->key), "message", amp_json_text(found->message), "advice",
                     amp_json_text(found->advice));
}

static json_t *list_findings(const amp_cli *cli, amp_severity severity, amp_status status)
{
    json_t *const list = json_array();

    for (size_t i = 0; i < amp_diagnostics_count(cli->diagnostics); i++) {
        const amp_diagnostic *const found = amp_diagnostics_get(cli->diagnostics, i);
        if (found->severity == severity)
            (void)json_array_append_new(list, finding(found, status));
    }
    return list;
}

json_t *amp_json_new(const amp_cli *cli, const char *schema)
{
    return json_pack("{s:s, s:s, s:o}", "schema", schema, "ampacity_version", amp_version(),
                     "warnings", list_findings(cli, AMP_SEVERITY_WARNING, AMP_OK));
}

json_t *amp_json_error(const amp_cli *cli, amp_status status)
{
    json_t *const errors = list_findings(cli, AMP_SEVERITY_ERROR, status);

    if (cli->error.status != AMP_OK)
        (void)json_array_append_new(errors, json_pack("{s:s, s:s, s:i, s:i, s:s, s:o, s:o}", "id",
                                                      amp_exit_error_id(cli->error.status), "file",
                                                      "", "line", 0, "column", 0, "key", "",
                                                      "message", amp_json_text(cli->error.message),
                                                      "advice", amp_json_text(cli->error.advice)));
    return json_pack("{s:s, s:s, s:s, s:i, s:o, s:o}", "schema", "ampacity.error/1",
                     "ampacity_version", amp_version(), "status", "error", "exit",
                     amp_exit_code(status), "errors", errors, "warnings",
                     list_findings(cli, AMP_SEVERITY_WARNING, status));
}

json_t *amp_json_time(int64_t unix_s)
{
    char text[AMP_TIME_TEXT_BYTES];
    return json_string(amp_time_format(unix_s, text));
}

json_t *amp_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *amp_json_count(size_t value)
{
    return json_integer((json_int_t)value);
}

/* jansson writes reals with a fixed number of digits; 0.1 would become 0.10000000000000001. */
static bool print_scalar(const json_t *value, FILE *file)
{
    if (json_is_real(value)) {
        char number[32];
        return fputs(amp_text_format_number(json_real_value(value), number), file) >= 0;
    }
    return json_dumpf(value, file, JSON_ENCODE_ANY) == 0;
}

static void new_line(FILE *file, int depth)
{
    (void)fprintf(file, "\n%*s", 2 * depth, "");
}

static bool print_value(json_t *value, FILE *file, int depth);

static bool print_list(const json_t *list, FILE *file, int depth)
{
    const size_t count = json_array_size(list);
    bool is_ok = true;

    (void)fputc('[', file);
    for (size_t i = 0; i < count && is_ok; i++) {
        (void)fputs(i > 0 ? "," : "", file);
        new_line(file, depth + 1);
        is_ok = print_value(json_array_get(list, i), file, depth + 1);
    }
    if (count > 0)
        new_line(file, depth);
    (void)fputc(']', file);
    return is_ok;
}

static bool print_object(json_t *object, FILE *file, int depth)
{
    const char *key = NULL;
    json_t *value = NULL;
    bool is_first = true;
    bool is_ok = true;

    (void)fputc('{', file);
    json_object_foreach(object, key, value)
    {
        json_t *const name = json_string(key);
        (void)fputs(is_first ? "" : ",", file);
        new_line(file, depth + 1);
        is_ok = is_ok && name != NULL && print_scalar(name, file);
        (void)fputs(": ", file);
        is_ok = is_ok && print_value(value, file, depth + 1);
        json_decref(name);
        is_first = false;
    }
    if (!is_first)
        new_line(file, depth);
    (void)fputc('}', file);
    return is_ok;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as our own objects, five levels
static bool print_value(json_t *value, FILE *file, int depth)
{
    if (json_is_array(value))
        return print_list(value, file, depth);
    if (json_is_object(value))
        return print_object(value, file, depth);
    return print_scalar(value, file);
}

amp_status amp_json_print(json_t *object, FILE *file)
{
    if (object == NULL)
        return AMP_NOMEM;
    const bool is_ok = print_value(object, file, 0);
    (void)fputc('\n', file);
    json_decref(object);
    return is_ok ? AMP_OK : AMP_NOMEM;
}
