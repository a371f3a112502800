/* SPDX-License-Identifier: Apache-2.0 */
/** @file diagnostic.h  Errors and warnings with place and advice, collected so that one run shows
 * all. */
#ifndef AMP_BASE_DIAGNOSTIC_H
#define AMP_BASE_DIAGNOSTIC_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * The catalogue: every diagnostic has one of these codes. The text of the id is stable: scripts and
 * docs/errors.md use it. Columns: NAME, id, status that decides the exit status, one-line meaning.
 */
#define AMP_CODE_LIST(X)                                                                          \
    X(FILE_MISSING, "file-missing", NOT_FOUND, "a file that was named is not there")              \
    X(FILE_UNREADABLE, "file-unreadable", IO, "a file is there but could not be read")            \
    X(SYNTAX, "syntax", PARSE, "the text is not well-formed YAML or CSV")                         \
    X(KEY_UNKNOWN, "key-unknown", PARSE, "a key that no one reads")                               \
    X(KEY_DUPLICATE, "key-duplicate", PARSE, "the same key twice in one mapping")                 \
    X(KEY_MISSING, "key-missing", PARSE, "a key that must be given is absent")                    \
    X(KEY_CONFLICT, "key-conflict", PARSE, "two keys that cannot be given together")              \
    X(KEY_UNSUPPORTED, "key-unsupported", PARSE, "a known key whose behaviour is not built yet")  \
    X(KEY_WITHOUT_EFFECT, "key-without-effect", OK, "a known key that changes nothing yet")       \
    X(WRONG_SHAPE, "wrong-shape", PARSE, "a mapping, list or scalar where another is expected")   \
    X(WRONG_WORD, "wrong-word", PARSE, "a word that is not one of those allowed")                 \
    X(ID_DUPLICATE, "id-duplicate", PARSE, "two things with the same id")                         \
    X(ID_INVALID, "id-invalid", PARSE, "an id with characters that files and columns cannot use") \
    X(NUMBER_INVALID, "number-invalid", PARSE, "not a finite number")                             \
    X(UNIT_MISSING, "unit-missing", PARSE, "a quantity without its unit")                         \
    X(UNIT_UNKNOWN, "unit-unknown", PARSE, "a unit that is not known")                            \
    X(UNIT_DIMENSION, "unit-dimension", PARSE, "a unit of the wrong dimension")                   \
    X(CURRENCY_UNKNOWN, "currency-unknown", PARSE, "a currency without a rate")                   \
    X(RANGE, "range", PARSE, "a value outside its allowed range")                                 \
    X(TIME_INVALID, "time-invalid", PARSE, "not a point in time, duration or time zone")          \
    X(LIMITS_CONTRADICT, "limits-contradict", PARSE, "limits that cannot hold together")          \
    X(SERIES_UNKNOWN, "series-unknown", PARSE, "a series that is not declared")                   \
    X(COLUMN_MISSING, "column-missing", PARSE, "a column that is not in the file")                \
    X(SERIES_FILE_MISSING, "series-file-missing", DATA, "the file of a series is not there")      \
    X(TARIFF_FILE_MISSING, "tariff-file-missing", DATA, "the file of a tariff is not there")      \
    X(SERIES_GAP, "series-gap", DATA, "a series has a gap and does not say how to fill it")       \
    X(SERIES_COVERAGE, "series-coverage", DATA, "a series does not cover the horizon")            \
    X(SERIES_TIME, "series-time", PARSE, "times of a series repeat or run backwards")             \
    X(EXPORT_ABOVE_IMPORT, "export-above-import", OK, "energy sells for more than it costs")      \
    X(JOB_TOO_LARGE, "job-too-large", OK, "a job wants more energy than it can be given")         \
    X(PENALTY_BELOW_CREDITS, "penalty-below-credits", OK,                                         \
      "a penalty that guides dispatch is below what service credits cost")                        \
    X(MODE_UNUSED, "mode-unused", OK, "a power mode that other modes outdo")                      \
    X(INFEASIBLE, "infeasible", INFEASIBLE, "no schedule meets every limit")                      \
    X(SCHEDULE_INVALID, "schedule-invalid", INTERNAL, "a schedule breaks a limit of the model")   \
    X(TOO_MANY, "too-many", PARSE, "more findings than are kept")                                 \
    X(NO_MEMORY, "no-memory", NOMEM, "out of memory or over a memory limit")

typedef enum {
#define X(name, id, status, meaning) AMP_CODE_##name,
    AMP_CODE_LIST(X)
#undef X
} amp_code;

/** Where in a file. All 1-based; 0 means not known. Columns count bytes. */
typedef struct {
    const char *file; /**< path as the user wrote it; outlives the place; may be NULL */
    uint32_t line;
    uint32_t column;
    uint32_t length; /**< bytes to underline */
} amp_place;

typedef enum { AMP_SEVERITY_ERROR, AMP_SEVERITY_WARNING } amp_severity;

/** One finding. All text lives in the collection that holds it. */
typedef struct {
    amp_severity severity;
    amp_code code;
    amp_place place;
    const char *key;     /**< dotted path, `sites[0].battery.power`; "" when not about a key */
    const char *message; /**< what came and what was expected; no trailing dot */
    const char *advice;  /**< what to write instead; "" when there is none */
    const char *excerpt; /**< the line of the file, without its newline; "" when not known */
} amp_diagnostic;

/** A collection of findings, in the order they were made. One thread at a time. */
typedef struct amp_diagnostics amp_diagnostics;

enum { AMP_DIAGNOSTICS_MAX = 200 }; /**< later ones are counted, and one TOO_MANY says so */

/** @return an empty collection, or NULL when there is no memory. */
amp_diagnostics *amp_diagnostics_new(void);
void amp_diagnostics_free(amp_diagnostics *diagnostics);

/** What to report; message is formatted by amp_report(). Strings are copied. */
typedef struct {
    amp_severity severity; /**< 0 is an error */
    amp_code code;
    amp_place place;
    const char *key;     /**< may be NULL */
    const char *advice;  /**< may be NULL */
    const char *excerpt; /**< may be NULL; tabs and control bytes are replaced by spaces */
} amp_finding;

/** Adds one finding and returns the status of its code (AMP_OK for a warning; a code whose status
 *  is AMP_OK is always a warning). NULL @p diagnostics is allowed: only the status is given then.
 *  The same code at the same place (where the line is not known: and key) with the same message is
 *  kept once. All texts become valid UTF-8 of the same length without control characters. Never
 *  fails: without memory the message is the meaning of its code. */
amp_status amp_report(amp_diagnostics *diagnostics, const amp_finding *finding, const char *format,
                      ...) __attribute__((format(printf, 3, 4)));

/** Findings that are kept, and TOO_MANY as the last one where there were more. */
size_t amp_diagnostics_count(const amp_diagnostics *diagnostics);
const amp_diagnostic *amp_diagnostics_get(const amp_diagnostics *diagnostics, size_t i);
/** Errors, also those that are not kept; TOO_MANY itself is not counted. */
size_t amp_diagnostics_error_count(const amp_diagnostics *diagnostics);

/** AMP_OK when there is no error; else the status that decides the exit: of all errors the first
 *  in the order INTERNAL, NOMEM, IO, NOT_FOUND, PARSE, DATA. Errors that are not kept decide too,
 * TOO_MANY does not. */
amp_status amp_diagnostics_status(const amp_diagnostics *diagnostics);

/** Sorts by file (in order of first appearance), line and column; stable. */
void amp_diagnostics_sort(amp_diagnostics *diagnostics);

/**
 * Prints one finding for people, for instance:
 *
 *     portfolio.yaml:14:12: error: 'power: 118' has no unit [unit-missing]
 *        14 |     power: 118
 *           |            ^^^ write '118 MW' (or '118 kW')
 *
 * With @p color the severity word and the carets are coloured. Long excerpts are cut around the
 * column. Without an excerpt, lines `  = in key` and `  = advice` follow; without a column, the
 * latter follows the excerpt.
 */
void amp_diagnostic_print(const amp_diagnostic *diagnostic, bool color, FILE *out);

/** The same with messages and advice broken at spaces to @p width columns (0: not broken). Advice
 *  that does not fit beside the carets stands below them. The line of the file stays whole. */
void amp_diagnostic_print_within(const amp_diagnostic *diagnostic, bool color, size_t width,
                                 FILE *out);

const char *amp_code_id(amp_code code);
const char *amp_code_meaning(amp_code code);
amp_status amp_code_status(amp_code code);
size_t amp_code_count(void);

#endif
