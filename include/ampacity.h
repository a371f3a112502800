/* SPDX-License-Identifier: Apache-2.0 */
/** @file ampacity.h  The whole public C API of Ampacity. */
#ifndef AMPACITY_H
#define AMPACITY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Marks what the library exports; everything else is hidden. */
#if defined(__GNUC__)
#define AMP_PUBLIC __attribute__((visibility("default")))
#else
#define AMP_PUBLIC
#endif

/** Outcomes of calls. Numbers are stable: they appear in logs and in other programs. */
#define AMP_STATUS_LIST(X)                                          \
    X(OK, 0, "done")                                                \
    X(INTERNAL, 1, "internal error")                                \
    X(NOMEM, 2, "out of memory or over a memory limit")             \
    X(IO, 3, "input or output failed")                              \
    X(ARGUMENT, 4, "argument outside its documented range")         \
    X(NOT_FOUND, 5, "file not found")                               \
    X(PARSE, 6, "something wrong in the text of a file")            \
    X(DATA, 7, "data missing or not covering the horizon")          \
    X(INFEASIBLE, 8, "no schedule meets every limit")               \
    X(REFUSED, 9, "refused: it would overwrite or break something") \
    X(TIME_LIMIT, 10, "stopped by the time limit: an answer was kept, its gap is above tolerance")

typedef enum {
#define X(name, number, text) AMP_##name = (number),
    AMP_STATUS_LIST(X)
#undef X
} amp_status;

/** Static text for @p status; never NULL. Safe from any thread. */
AMP_PUBLIC const char *amp_status_text(amp_status status);

/** A finding, mostly about an input file: where it is and what to write instead. Text belongs to
 * the messages that hold it. */
typedef struct {
    int is_error;     /**< 0 for a warning */
    const char *id;   /**< stable, of the error catalogue: "unit-missing" */
    const char *file; /**< "" when not about a file */
    uint32_t line;    /**< 1-based, 0 when not known */
    uint32_t column;  /**< 1-based byte, 0 when not known */
    const char *key;  /**< dotted path, "" when not about a key */
    const char *message;
    const char *advice; /**< "" when there is none */
} amp_message;

/** Findings of one call. Never NULL after a call that takes `amp_messages **`, unless there was no
 *  memory. */
typedef struct amp_messages amp_messages;
AMP_PUBLIC size_t amp_messages_count(const amp_messages *messages);
/** @param i < count. The message is valid until amp_messages_free(). */
AMP_PUBLIC amp_message amp_messages_get(const amp_messages *messages, size_t i);
AMP_PUBLIC void amp_messages_free(amp_messages *messages);

/** A portfolio with its series, read and checked. What it says never changes, but columns are made
 *  on first use and kept: one thread at a time may use a study. */
typedef struct amp_study amp_study;

/**
 * Reads a portfolio file and the series it names.
 *
 * @param path     portfolio.yaml
 * @param out      receives the study on AMP_OK; freed by amp_study_free()
 * @param messages receives errors and warnings whatever happens; may be NULL
 * @return AMP_OK, or why not: AMP_NOT_FOUND, AMP_PARSE, AMP_DATA, AMP_IO, AMP_NOMEM
 */
AMP_PUBLIC amp_status amp_study_load(const char *path, amp_study **out, amp_messages **messages);
AMP_PUBLIC void amp_study_free(amp_study *study);
AMP_PUBLIC size_t amp_study_site_count(const amp_study *study);
/** Id of site @p site; NULL when there is no such site. Lives as long as the study. */
AMP_PUBLIC const char *amp_study_site_id(const amp_study *study, size_t site);
AMP_PUBLIC size_t amp_study_interval_count(const amp_study *study);
/** Start of interval @p i, seconds since 1970-01-01T00:00:00Z. @p i may be the count: the end. */
AMP_PUBLIC int64_t amp_study_time_unix_s(const amp_study *study, size_t i);

/** The best schedule of every site of a study, with its proof. */
typedef struct amp_result amp_result;

/**
 * Dispatches all sites over the horizon of the study.
 *
 * @param out      receives the result on AMP_OK and on AMP_INFEASIBLE; it must not outlive the
 * study
 * @param messages receives, whatever happens, why there is no schedule: for each site that has none
 *                 an error with the first interval and the amount that is missing, then each change
 *                 of one limit that alone would help, at the place of that limit; may be NULL
 * @return AMP_OK, AMP_INFEASIBLE, AMP_NOMEM, or AMP_INTERNAL when an answer contradicts its own
 *         proof, which is a defect of the library. One thread per study at a time.
 */
AMP_PUBLIC amp_status amp_study_dispatch(amp_study *study, amp_result **out,
                                         amp_messages **messages);
AMP_PUBLIC void amp_result_free(amp_result *result);
/** What the schedule earns, USD; 0 when infeasible. */
AMP_PUBLIC double amp_result_objective_usd(const amp_result *result);
/** No schedule earns more than this, USD. */
AMP_PUBLIC double amp_result_bound_usd(const amp_result *result);

/** Series of a schedule. MW at the bus, MWh at the end of the interval, USD/MWh. */
typedef enum {
    AMP_SERIES_IMPORT_MW,
    AMP_SERIES_EXPORT_MW,
    AMP_SERIES_CHARGE_MW,
    AMP_SERIES_DISCHARGE_MW,
    AMP_SERIES_GENERATION_MW,
    AMP_SERIES_MINING_MW,
    AMP_SERIES_LEASE_MW,
    AMP_SERIES_INFERENCE_MW,
    AMP_SERIES_SOC_MWH,
    AMP_SERIES_INTERNAL_PRICE_USD_PER_MWH,
    AMP_SERIES_TRAINING_MW
} amp_series;

/** amp_study_interval_count() numbers of site @p site, valid as long as the result; NULL when there
 *  is no such site or series, or the result is infeasible. */
AMP_PUBLIC const double *amp_result_series(const amp_result *result, size_t site,
                                           amp_series series);

/** Version of the library, "0.1.0". */
AMP_PUBLIC const char *amp_version(void);

#ifdef __cplusplus
}
#endif

#endif
