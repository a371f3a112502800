/* SPDX-License-Identifier: Apache-2.0 */
/** @file schema.h  How rows of the tables of keys are written. Private to model.
 *  docs/extending.md says how to add one. */
#ifndef AMP_MODEL_SCHEMA_H
#define AMP_MODEL_SCHEMA_H

#include "model/reader.h"

/** A single peak_so_far, or one by month: the same in a portfolio and in a tariff. */
extern const amp_section amp_section_peak_so_far;

/** Dated shares, which many sections hold. */
extern const amp_section amp_section_availability;

extern const amp_section amp_section_hall;
extern const amp_section amp_section_reserve;

/** Sections of a hall and of a tariff file, in the order of the reference; NULL after the last. */
const amp_section *amp_hall_section_get(size_t i);
const amp_section *amp_tariff_section_get(size_t i);
const amp_section *amp_reserve_section_get(size_t i);

/* What every row says: name, unit, default, meaning. The unit "%" stands for shares, "1" for
 * numbers without a unit, "" for what is no number. An empty default makes the key required; one
 * that starts with a digit is the default's value. */
#define KEY(name_, unit_, fallback_, help_)                                                        \
    .row.section = SECTION, .row.name = (name_), .row.unit = (unit_), .row.fallback = (fallback_), \
    .row.help = (help_)

/* How a value is written, and who reads it. */
#define OWN(type_, read_) .row.type = (type_), .read = (read_)
#define CONSTANT          OWN("quantity", amp_read_value), .init = amp_init_value
#define VALUE             OWN("quantity or series", amp_read_value), .init = amp_init_value, .varies = true
#define LOAD                                                                                  \
    OWN("quantity, share or series", amp_read_value), .init = amp_init_value, .varies = true, \
                                                      .takes_share = true
#define TEXT         OWN("text", amp_read_text)
#define ID           OWN("id", amp_read_id)
#define BOOL         OWN("true or false", amp_read_bool)
#define TIME         OWN("time", amp_read_time)
#define WORD(words_) OWN("word", amp_read_word), .words = (words_)
#define AVAILABILITY                                                         \
    OWN("share, series or dated shares", amp_read_availability),             \
        .init = amp_init_availability, .section = &amp_section_availability, \
        .range = AMP_RANGE_SHARE, .varies = true
#define MAPPING(section_) \
    OWN("mapping", amp_read_section), .init = amp_init_section, .section = &(section_)
#define LIST(section_, record_, array_, count_)                                             \
    OWN("list", amp_read_list), .section = &(section_), .field = offsetof(record_, array_), \
                                .count_field = offsetof(record_, count_)

/* Where it is kept and what it may be. */
#define AT(record_, member_) .field = offsetof(record_, member_)
#define NOWHERE              .field = AMP_NO_FIELD
#define RANGE(range_)        .range = AMP_RANGE_##range_

/* What is not built yet. */
#define REFUSED(type_) .row.type = (type_), .row.support = AMP_KEY_REFUSED, NOWHERE
#define WITHOUT_EFFECT .row.support = AMP_KEY_WITHOUT_EFFECT, NOWHERE

#define ROWS(rows_)    .key = (rows_), .key_count = sizeof(rows_) / sizeof((rows_)[0])
#define NO_MARKS       .is_set = AMP_NO_FIELD, .place = AMP_NO_FIELD, .id = AMP_NO_FIELD
#define MARKS(record_)                                            \
    .size = sizeof(record_), .is_set = offsetof(record_, is_set), \
    .place = offsetof(record_, place), .id = AMP_NO_FIELD
#define ENTRY(record_)                                                                  \
    .size = sizeof(record_), .is_set = AMP_NO_FIELD, .place = offsetof(record_, place), \
    .id = offsetof(record_, id)

#endif
