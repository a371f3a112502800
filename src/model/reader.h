/* SPDX-License-Identifier: Apache-2.0 */
/** @file reader.h  Reads sections of the tree by tables of keys. Private to model. */
#ifndef AMP_MODEL_READER_H
#define AMP_MODEL_READER_H

#include "base/arena.h"
#include "base/quantity.h"
#include "model/document.h"
#include "model/portfolio.h"
#include "model/yaml.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct amp_key amp_key;
typedef struct amp_section amp_section;

/** Something found while reading that goes into a list of the portfolio. */
typedef struct amp_note amp_note;
struct amp_note {
    amp_note *next;
    size_t site;            /**< index of the site it belongs to, or SIZE_MAX */
    const amp_value *value; /**< a value that names a series, or NULL */
    amp_place place;        /**< else a key without effect: its place */
    const char *key;        /**< and its path */
};

/** Notes in the order in which they were made. */
typedef struct {
    amp_note *first;
    amp_note *last;
    size_t count;
} amp_notes;

enum { AMP_READER_UNITS_MAX = 64 };

/** One reading of one file. */
typedef struct {
    amp_document *document;
    amp_arena *arena;
    amp_yaml_node *root;
    amp_portfolio *portfolio; /**< what was read so far; series and currencies come first */
    amp_notes notes;
    bool stop;      /**< nothing more can be said about the file: another version, no memory */
    bool no_memory; /**< then stop is set too */
    size_t unit_count;
    const char *unit_text[AMP_READER_UNITS_MAX]; /**< units of keys parsed so far */
    amp_unit unit[AMP_READER_UNITS_MAX];
} amp_reader;

/** Reads @p node, the value of @p key, into its fields of @p target, the struct of the section.
 *  Reports what is wrong and leaves the field as it is then. */
typedef void amp_read_fn(amp_reader *reader, const amp_key *key, amp_yaml_node *node, void *target);

/** Gives the fields of @p key in @p target their defaults. @p place and @p path are of the section
 *  (or where it would be). */
typedef void amp_init_fn(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                         const char *path);

/** Ranges of numbers, in the unit of the key; shares are fractions of 1. Each is a row of
 *  amp_bounds in value.c; nothing but a difficulty exceeds AMP_NUMBER_MAX. */
typedef enum {
    AMP_RANGE_ANY,
    AMP_RANGE_NOT_NEGATIVE,
    AMP_RANGE_POSITIVE,
    AMP_RANGE_DIFFICULTY,     /**< above 0, and beyond AMP_NUMBER_MAX */
    AMP_RANGE_SHARE,          /**< 0 to 1 */
    AMP_RANGE_SHARE_POSITIVE, /**< above 0, to 1 */
    AMP_RANGE_SHARE_BELOW_ONE,
    AMP_RANGE_AT_LEAST_ONE
} amp_range;

#define AMP_NO_FIELD SIZE_MAX

/** One key. A row is all there is to say about it; see docs/extending.md. */
struct amp_key {
    amp_key_row row;
    amp_read_fn *read;          /**< NULL for a refused key */
    amp_init_fn *init;          /**< NULL when all zero is the default */
    size_t field;               /**< offset in the struct of the section, or AMP_NO_FIELD */
    size_t count_field;         /**< of a list: offset of its count */
    const amp_section *section; /**< of a mapping, of the entries of a list */
    const char *const *words;   /**< of a word; NULL-terminated, index is the value of the enum */
    amp_range range;            /**< of a quantity */
    bool varies;                /**< may name a series */
    bool takes_share;           /**< a share is allowed beside the unit */
    bool may_be_bare;           /**< the unit may be left out although it is not 1 */
    bool may_be_zero;           /**< refused, but 0 changes nothing and is accepted */
    const char *instead;        /**< refused: what to write instead; NULL: remove it */
};

/** One mapping of the file. */
struct amp_section {
    const char *path; /**< "sites[].battery"; "" for the file itself */
    const amp_key *key;
    size_t key_count;
    size_t size;   /**< of its struct */
    size_t is_set; /**< offset of a bool, or AMP_NO_FIELD */
    size_t place;  /**< offset of an amp_place, or AMP_NO_FIELD */
    size_t id;     /**< offset of a const char * that must differ in a list, or AMP_NO_FIELD */
    void (*check)(amp_reader *reader, amp_yaml_node *node, void *target); /**< or NULL */
};

/** Reports about @p node. */
void amp_reader_report(amp_reader *reader, amp_code code, const amp_yaml_node *node,
                       const char *advice, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/** Reports at @p place about @p node. */
void amp_reader_report_at(amp_reader *reader, amp_code code, amp_place place,
                          const amp_yaml_node *node, const char *advice, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/** Reports that key @p name is missing in @p mapping. */
void amp_reader_report_missing(amp_reader *reader, const amp_yaml_node *mapping, const char *name,
                               const char *advice);

/** Remembers that memory ran out; returns false. */
bool amp_reader_no_memory(amp_reader *reader);

/** True when @p node has @p shape; else it is reported, unless that was done already. */
bool amp_reader_expect(amp_reader *reader, amp_yaml_node *node, amp_yaml_shape shape);

/** Reports that @p node is not what is @p wanted ("a list"), unless that was done already. */
void amp_reader_report_shape(amp_reader *reader, const amp_yaml_node *node, const char *wanted,
                             const char *advice);

/** The path of @p file as it is opened: beside the portfolio unless it is absolute; NULL without
 *  memory. */
const char *amp_reader_join_path(amp_reader *reader, const char *file);

/** Reports `metering` of @p node where it is longer than the step and not made of whole steps that
 *  keep to the clock. */
void amp_reader_check_metering(amp_reader *reader, const amp_yaml_node *node, int64_t metering_s);

/** Gives a single peak_so_far the local month in @p zone in which the horizon of the file begins.
 */
void amp_reader_date_peak(amp_reader *reader, const char *zone, amp_demand_charge *demand);

/** The same for each demand charge of a tariff. */
void amp_tariff_date_peaks(amp_reader *reader, const char *zone, amp_tariff *tariff);

/** Reports a second lease of a site whose tenant pays for peaks that another pays in full. */
void amp_lease_check_site(amp_reader *reader, const amp_yaml_node *node, const amp_site *site);

/** True when @p node is a scalar with some text in it. Reports otherwise. */
bool amp_reader_expect_text(amp_reader *reader, amp_yaml_node *node);

/** True when @p text is meant as a quantity: it starts with a digit, a sign or a point. */
bool amp_reader_starts_number(const char *text);

/** True when @p mapping gives @p name and nothing was wrong with it. */
bool amp_reader_has(const amp_yaml_node *mapping, const char *name);

/** Path of @p node; "" without memory. */
const char *amp_reader_path(amp_reader *reader, const amp_yaml_node *node);

/** Notes that @p value names a series. */
void amp_reader_note_use(amp_reader *reader, const amp_yaml_node *node, const amp_value *value);

/** Gives all fields of @p section in @p target their defaults. */
void amp_reader_init(amp_reader *reader, const amp_section *section, void *target, amp_place place,
                     const char *path);

/** Reads @p node as @p section into @p target and checks it as a whole. */
void amp_reader_section(amp_reader *reader, const amp_section *section, amp_yaml_node *node,
                        void *target);

/** Reads a list of @p section into new structs. @return them, and their count; NULL when the list
 *  is no list, is empty or there is no memory (reported). */
void *amp_reader_list(amp_reader *reader, const amp_section *section, amp_yaml_node *node,
                      size_t *count);

/** Copies @p size bytes into the field of @p key in @p target, unless it has none. */
void amp_reader_store(const amp_key *key, void *target, const void *value, size_t size);

/** The unit in which values of @p key are kept. */
amp_unit amp_reader_unit(amp_reader *reader, const amp_key *key);

/* Readers of values, for the rows. */
amp_read_fn amp_read_text;
amp_read_fn amp_read_id;
amp_read_fn amp_read_bool;
amp_read_fn amp_read_word;
amp_read_fn amp_read_time;
amp_read_fn amp_read_step;
amp_read_fn amp_read_whole_number;
amp_read_fn amp_read_country;
amp_read_fn amp_read_countries;
amp_read_fn amp_read_time_zone;
amp_read_fn amp_read_value;
amp_read_fn amp_read_section;
amp_read_fn amp_read_list;
amp_read_fn amp_read_steps;
amp_read_fn amp_read_availability;
amp_read_fn amp_read_version;
amp_read_fn amp_read_currency;
amp_read_fn amp_read_series;
amp_read_fn amp_read_currencies;
amp_read_fn amp_read_height;
amp_read_fn amp_read_month;
amp_read_fn amp_read_peak_so_far;
amp_read_fn amp_read_demand_charge;
amp_read_fn amp_read_tariff;
amp_read_fn amp_read_tariff_version;
amp_read_fn amp_read_tariff_peak_so_far;
amp_read_fn amp_read_months;
amp_read_fn amp_read_hours;
amp_read_fn amp_read_instants;
amp_read_fn amp_read_battery_power;
amp_read_fn amp_read_final_soc;
amp_read_fn amp_read_pue;
amp_read_fn amp_read_pue_curve;
amp_read_fn amp_read_service_credits;
amp_read_fn amp_read_inference_value;
amp_read_fn amp_read_reserve_from;
amp_init_fn amp_init_reserve_from;
amp_read_fn amp_read_cap_curve;
amp_init_fn amp_init_value;
amp_init_fn amp_init_section;
amp_init_fn amp_init_availability;
amp_init_fn amp_init_time_zone;
amp_init_fn amp_init_height;
amp_init_fn amp_init_release;
amp_init_fn amp_init_deadline;
amp_init_fn amp_init_pue;

/** What holds between a hall and its workloads: gives those of a flex tier its floor, and reports
 *  more power than the hall has. */
void amp_check_hall_caps(amp_reader *reader, const amp_yaml_node *node, amp_hall *hall);

/** Reads a quantity or the name of a series as @p key says; true when *value was written. */
bool amp_reader_value(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                      amp_value *value);

/** Reads a constant number in the unit of @p key; true when *number was written. */
bool amp_reader_number(amp_reader *reader, const amp_key *key, amp_yaml_node *node, double *number);

/** The value that @p key has when it is left out. */
amp_value amp_reader_default(amp_reader *reader, const amp_key *key, amp_place place,
                             const char *path);

enum { AMP_READER_CODE_BYTES = 4 };

/** A code of ISO 3166 or 4217 in capitals, for advice; "" when @p text is too long. @return code.
 */
const char *amp_reader_capitals(const char *text, char code[AMP_READER_CODE_BYTES]);

/** True for 1 to 64 letters, digits, '_' and '-'. */
bool amp_reader_is_id(const char *text);

/* Checks of whole sections, for the sections. */
void amp_check_time(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_bitcoin(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_grid(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_demand_charge(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_tariff(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_tariff_ratchet(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_tariff_demand(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_tariff_coincident(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_tariff_fixed(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_supply(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_generator(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_flexible(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_battery(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_fleet(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_lease(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_exclusion(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_job(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_inference(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_workload(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_hall(amp_reader *reader, amp_yaml_node *node, void *target);
void amp_check_site(amp_reader *reader, amp_yaml_node *node, void *target);

/** Checks the products of a site together; @p list is the key `reserves`, or NULL. */
void amp_check_reserves(amp_reader *reader, const amp_yaml_node *list, const amp_site *site);

/** The section of the file itself; its struct is amp_portfolio. */
extern const amp_section amp_section_portfolio;

/** The section of a tariff file; its struct is amp_tariff. */
extern const amp_section amp_section_tariff;

/** Sections of keys that may be a mapping or something else. */
extern const amp_section amp_section_height;
extern const amp_section amp_section_final_soc;
extern const amp_section amp_section_pue;

/** All sections, in the order of the reference; NULL past the end. */
const amp_section *amp_section_get(size_t i);

#endif
