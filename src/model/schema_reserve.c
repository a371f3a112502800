/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of reserves, one row each. */
#include "model/schema.h"

static const char *const backer_words[] = {"mining", "battery", "inference", NULL};

#define SECTION "sites[].reserves[]"
static const amp_key reserve_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the site's other products."), ID,
     AT(amp_reserve_product, id)},
    {KEY("price", "USD/MW/h", "", "Paid for each MW and hour of holding it."), VALUE,
     AT(amp_reserve_product, price_usd_per_mw_h), RANGE(ANY)},
    {KEY("limit", "MW", "", "Most that is taken; dispatch decides how much is held."), VALUE,
     AT(amp_reserve_product, limit_mw), RANGE(NOT_NEGATIVE)},
    {KEY("award", "MW", "none, beside limit", "Power that must be held."), REFUSED("quantity"),
     .instead = "give a 'limit', and a price at which holding it pays"},
    {KEY("duration", "h", "1 h", "Time for which the battery's part must be stored."), CONSTANT,
     AT(amp_reserve_product, duration_h), RANGE(NOT_NEGATIVE)},
    {KEY("response", "min", "none", "Time within which it must be given."), CONSTANT,
     RANGE(NOT_NEGATIVE), WITHOUT_EFFECT},
    {KEY("deployment", "%", "0 %", "Share of the time for which it is expected to be called."),
     REFUSED("quantity"), RANGE(SHARE), .may_be_zero = true},
    {KEY("from", "", "[mining, battery, inference]",
         "Who backs it: 'mining' and 'inference' by what they take, 'battery' by what it could "
         "give more. The same for all products of a site."),
     OWN("list of words", amp_read_reserve_from), .init = amp_init_reserve_from,
     .words = backer_words, AT(amp_reserve_product, from)},
};
const amp_section amp_section_reserve = {
    .path = SECTION, ROWS(reserve_keys), ENTRY(amp_reserve_product)};
#undef SECTION

const amp_section *amp_reserve_section_get(size_t i)
{
    return i == 0 ? &amp_section_reserve : NULL;
}
