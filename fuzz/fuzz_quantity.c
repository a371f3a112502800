/* SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"
#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES_MAX = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void require(bool promise)
{
    if (!promise)
        abort();
}

/* A refusal says why, in whole UTF-8 characters, and leaves the result as it was. */
static void require_error(amp_status status, const amp_error *err)
{
    require(status == AMP_PARSE && err->status == AMP_PARSE);
    require(err->message[0] != '\0' && err->advice[0] != '\0');
    require(memchr(err->message, '\0', sizeof err->message) != NULL);
    require(memchr(err->advice, '\0', sizeof err->advice) != NULL);
}

static void require_unit(const amp_unit *unit)
{
    char buffer[128];
    require(isfinite(unit->factor) && unit->factor > 0.0);
    require(amp_same(amp_unit_convert(0.1, unit, unit), 0.1));
    require(amp_dimension_text(&unit->dimension, buffer, sizeof buffer)[0] != '\0');
    require(unit->currency[0] == '\0' || amp_currency_is_known(unit->currency));
    require(unit->per_currency[0] == '\0' || strcmp(unit->per_currency, unit->currency) != 0);
    require((unit->dimension.exponent[AMP_KIND_EXCHANGE] == 1) == (unit->per_currency[0] != '\0'));
}

static bool same_unit(const amp_unit *a, const amp_unit *b)
{
    return amp_dimension_same(&a->dimension, &b->dimension) && amp_same(a->factor, b->factor) &&
           amp_same(a->offset, b->offset) && strcmp(a->currency, b->currency) == 0 &&
           strcmp(a->per_currency, b->per_currency) == 0;
}

/* A number printed before a unit that is known is read back as this number of this unit. */
static void require_round_trip(double number, const char *unit_text, size_t length,
                               const amp_unit *unit)
{
    char text[TEXT_BYTES_MAX + 40];
    amp_quantity again = {0};
    (void)amp_text_format_number(number, text);
    const size_t before = strlen(text);
    text[before] = ' ';
    memcpy(text + before + 1, unit_text, length);
    require(amp_quantity_parse(text, before + 1 + length, &again, NULL) == AMP_OK);
    require(again.has_unit && amp_same(again.number, number) && same_unit(&again.unit, unit));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    const char *text = (const char *)data;
    amp_error err = {0};
    amp_quantity quantity = {.number = 42.0};
    amp_unit unit = {.factor = 42.0};
    if (length > TEXT_BYTES_MAX)
        return 0;

    amp_status status = amp_unit_parse(text, length, &unit, &err);
    if (status == AMP_OK) {
        require_unit(&unit);
        require_round_trip(-12.5, text, length, &unit);
    } else {
        require_error(status, &err);
        require(amp_same(unit.factor, 42.0));
    }
    status = amp_quantity_parse(text, length, &quantity, &err);
    if (status == AMP_OK) {
        require(isfinite(quantity.number));
        require_unit(&quantity.unit);
        require(amp_same(amp_quantity_in(&quantity, &quantity.unit), quantity.number));
        char number[32];
        double again = 0.0;
        (void)amp_text_format_number(quantity.number, number);
        require(amp_text_parse_number(number, strlen(number), &again));
        require(amp_same(again, quantity.number));
    } else {
        require_error(status, &err);
        require(amp_same(quantity.number, 42.0));
    }
    return 0;
}
