/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/exit.h"

/* Number 7 (unreachable) is kept for verbs that can end so. */
static const amp_exit_row exits[] = {
    {0, "done"},
    {1, "internal error, out of memory, or input or output failed"},
    {2, "wrong usage: unknown verb or option, FILE missing or not found"},
    {3, "something wrong in the text of a file"},
    {4, "a data file is absent, or data are missing or do not cover the horizon"},
    {5, "infeasible: no schedule meets every limit; dispatch prints the changes that would help"},
    {6, "time limit: an answer was kept, its gap is above tolerance"},
    {8, "refused: it would overwrite or break something"},
};

/* By status; the order of the public list. */
static const struct {
    int code;
    const char *error_id;
} by_status[] = {
    [AMP_OK] = {0, "done"},
    [AMP_INTERNAL] = {1, "internal"},
    [AMP_NOMEM] = {1, "no-memory"},
    [AMP_IO] = {1, "io"},
    [AMP_ARGUMENT] = {2, "usage"},
    [AMP_NOT_FOUND] = {2, "file-missing"},
    [AMP_PARSE] = {3, "syntax"},
    [AMP_DATA] = {4, "data"},
    [AMP_INFEASIBLE] = {5, "infeasible"},
    [AMP_REFUSED] = {8, "refused"},
    [AMP_TIME_LIMIT] = {6, "time-limit"},
};

const amp_exit_row *amp_exit_row_get(size_t i)
{
    return i < sizeof(exits) / sizeof(exits[0]) ? &exits[i] : NULL;
}

int amp_exit_code(amp_status status)
{
    return by_status[status].code;
}

bool amp_exit_is_failure(amp_status status)
{
    return status != AMP_OK && status != AMP_INFEASIBLE && status != AMP_TIME_LIMIT;
}

const char *amp_exit_error_id(amp_status status)
{
    return by_status[status].error_id;
}
