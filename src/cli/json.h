/* SPDX-License-Identifier: Apache-2.0 */
/** @file json.h  JSON objects that verbs print: what all have, and numbers in their shortest form.
 */
#ifndef AMP_CLI_JSON_H
#define AMP_CLI_JSON_H

#include "cli/command.h"

#include <jansson.h>

/** An object with `schema` ("ampacity.check/1"), `ampacity_version` and `warnings` (a list of the
 *  findings so far, {id, file, line, column, key, message, advice}). NULL when there is no memory.
 */
json_t *amp_json_new(const amp_cli *cli, const char *schema);

/** The object that stands for a run that ended with @p status: `status` "error", `errors` and
 *  `warnings`, lists as above. */
json_t *amp_json_error(const amp_cli *cli, amp_status status);

/** Text; bytes that are not UTF-8 become question marks. */
json_t *amp_json_text(const char *text);

/** A time as text, "2023-08-01T05:00:00Z". */
json_t *amp_json_time(int64_t unix_s);

/** A finite number; null where it is none, which JSON cannot say. */
json_t *amp_json_number(double value);

json_t *amp_json_count(size_t value);

/**
 * Prints @p object and releases it. Members keep their order, numbers have the fewest digits that
 * read back the same.
 * @return AMP_NOMEM when @p object is NULL or memory runs out
 */
amp_status amp_json_print(json_t *object, FILE *file);

#endif
