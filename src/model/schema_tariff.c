/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of a tariff file, one row each. */
#include "model/schema.h"

static const char *const days_words[] = {"all", "weekdays", "weekends", NULL};
static const char *const use_words[] = {"all", "mining", "compute", NULL};

/* When a line holds. */
#define WINDOW(record_)                                                              \
    {KEY("months", "", "all", "Local months in which it holds: a list of 1 to 12."), \
     OWN("list of numbers", amp_read_months), AT(record_, window.months)},           \
        {KEY("days", "", "all",                                                      \
             "Local days on which it holds: 'all', 'weekdays' (Monday to "           \
             "Friday) or 'weekends'."),                                              \
         WORD(days_words), AT(record_, window.days)},                                \
    {                                                                                \
        KEY("hours", "", "all",                                                      \
            "Local hours in which it holds: a list of pairs [from, to), from "       \
            "0 to 24."),                                                             \
            OWN("list of pairs", amp_read_hours), AT(record_, window)                \
    }

#define SECTION "tariff.demand[].minimum.ramp[]"
static const amp_key tariff_ramp_keys[] = {
    {KEY("from", "", "",
         "Date from which the share holds, for local months that begin on it or "
         "later."),
     TIME, AT(amp_step, from_unix_s)},
    {KEY("share", "%", "", "Share of 'contracted' that counts from then on."), CONSTANT,
     AT(amp_step, value), RANGE(SHARE)},
};
static const amp_section section_tariff_ramp = {
    .path = SECTION, ROWS(tariff_ramp_keys), .size = sizeof(amp_step), NO_MARKS};
#undef SECTION

#define SECTION "tariff.demand[].minimum"
static const amp_key tariff_minimum_keys[] = {
    {KEY("contracted", "MW", "", "Demand that the contract, or a past peak, sets."), CONSTANT,
     AT(amp_tariff_minimum, contracted_mw), RANGE(NOT_NEGATIVE)},
    {KEY("share", "%", "100 %", "Share of it on which the charge is due at least."), CONSTANT,
     AT(amp_tariff_minimum, share), RANGE(SHARE)},
    {KEY("ramp", "", "all of it from the start",
         "How 'contracted' grows: dated shares of it; none before the first date."),
     OWN("dated shares", amp_read_steps), .section = &section_tariff_ramp,
     AT(amp_tariff_minimum, ramp)},
};
static const amp_section section_tariff_minimum = {
    .path = SECTION, ROWS(tariff_minimum_keys), MARKS(amp_tariff_minimum)};
#undef SECTION

#define SECTION "tariff.demand[].ratchet[]"
static const amp_key tariff_ratchet_keys[] = {
    {KEY("share", "%", "", "Share of the highest of those months on which the charge is due."),
     CONSTANT, AT(amp_tariff_ratchet, share), RANGE(SHARE_POSITIVE)},
    {KEY("months", "", "all", "Local months whose demand counts: a list of 1 to 12."),
     OWN("list of numbers", amp_read_months), AT(amp_tariff_ratchet, months)},
    {KEY("look_back", "month", "11 month", "How many months before the billed one count."),
     CONSTANT, AT(amp_tariff_ratchet, look_back_months), RANGE(AT_LEAST_ONE)},
};
static const amp_section section_tariff_ratchet = {.path = SECTION,
                                                   ROWS(tariff_ratchet_keys),
                                                   .size = sizeof(amp_tariff_ratchet),
                                                   .is_set = AMP_NO_FIELD,
                                                   .place = offsetof(amp_tariff_ratchet, place),
                                                   .id = AMP_NO_FIELD,
                                                   .check = amp_check_tariff_ratchet};
#undef SECTION

#define SECTION "tariff.demand[].tiers[]"
static const amp_key tariff_tier_keys[] = {
    {KEY("above", "MW", "", "Demand above which it holds, up to the next."), CONSTANT,
     AT(amp_tariff_tier, above_mw), RANGE(POSITIVE)},
    {KEY("charge", "USD/kW/month", "", "Charge on each kW above; no lower than that below."), VALUE,
     AT(amp_tariff_tier, charge_usd_per_kw_month), RANGE(NOT_NEGATIVE)},
};
static const amp_section section_tariff_tier = {.path = SECTION,
                                                ROWS(tariff_tier_keys),
                                                .size = sizeof(amp_tariff_tier),
                                                .is_set = AMP_NO_FIELD,
                                                .place = offsetof(amp_tariff_tier, place),
                                                .id = AMP_NO_FIELD};
#undef SECTION

#define SECTION "tariff.demand[]"
static const amp_key tariff_demand_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the tariff's other demand charges."), ID,
     AT(amp_tariff_demand, id)},
    {KEY("charge", "USD/kW/month", "",
         "Charge on the highest import of the local month within the hours below; a charge per "
         "year is due by twelfths."),
     VALUE, AT(amp_tariff_demand, demand.charge_usd_per_kw_month), RANGE(NOT_NEGATIVE)},
    WINDOW(amp_tariff_demand),
    {KEY("minimum", "", "none", "Demand on which the charge is due at least."),
     MAPPING(section_tariff_minimum), AT(amp_tariff_demand, minimum)},
    {KEY("peak_so_far", "MW", "0 MW",
         "Highest import metered before the horizon: of the month in which it begins, or by "
         "month."),
     OWN("quantity or list", amp_read_tariff_peak_so_far), .section = &amp_section_peak_so_far,
     NOWHERE, RANGE(NOT_NEGATIVE)},
    {KEY("prorate", "", "false",
         "Whether a month that the horizon holds in part is charged by its hours, not in full."),
     BOOL, AT(amp_tariff_demand, demand.prorate)},
    {KEY("metering", "s", "the step",
         "Time over which the meter averages import, by the local clock; the same for all demand "
         "charges of the tariff."),
     OWN("quantity", amp_read_step), AT(amp_tariff_demand, demand.metering_s), RANGE(POSITIVE)},
    {KEY("ratchet", "", "none", "Shares of earlier demand on which the charge is due at least."),
     LIST(section_tariff_ratchet, amp_tariff_demand, ratchet, ratchet_count)},
    {KEY("tiers", "", "none", "Charges on the part of the demand that is above a size."),
     LIST(section_tariff_tier, amp_tariff_demand, tier, tier_count)},
};
static const amp_section section_tariff_demand = {.path = SECTION,
                                                  ROWS(tariff_demand_keys),
                                                  ENTRY(amp_tariff_demand),
                                                  .check = amp_check_tariff_demand};
#undef SECTION

#define SECTION "tariff.energy[]"
static const amp_key tariff_energy_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the tariff's other energy lines."), ID,
     AT(amp_tariff_energy, id)},
    {KEY("price", "USD/MWh", "", "Paid per MWh imported, besides energy_price and adder."), VALUE,
     AT(amp_tariff_energy, price_usd_per_mwh), RANGE(ANY)},
    WINDOW(amp_tariff_energy),
};
static const amp_section section_tariff_energy = {
    .path = SECTION, ROWS(tariff_energy_keys), ENTRY(amp_tariff_energy)};
#undef SECTION

#define SECTION "tariff.coincident[]"
static const amp_key tariff_coincident_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the tariff's other coincident peaks."),
     ID, AT(amp_tariff_coincident, id)},
    {KEY("charge", "USD/kW/year", "", "Charge on the mean import in the peaks of a year."), VALUE,
     AT(amp_tariff_coincident, charge_usd_per_kw_year), RANGE(NOT_NEGATIVE)},
    {KEY("peaks", "1", "number of intervals", "How many peaks a year has."),
     OWN("number", amp_read_whole_number), AT(amp_tariff_coincident, peaks), RANGE(POSITIVE)},
    {KEY("probability", "%", "none, beside intervals",
         "That an interval of the horizon is one of them."),
     VALUE, AT(amp_tariff_coincident, probability), RANGE(SHARE)},
    {KEY("intervals", "", "none, beside probability", "Starts of the peaks that are known."),
     OWN("list of times", amp_read_instants), AT(amp_tariff_coincident, instant_unix_s)},
    {KEY("interval", "s", "the step", "Length of each of them."), OWN("quantity", amp_read_step),
     AT(amp_tariff_coincident, interval_s), RANGE(POSITIVE)},
};
static const amp_section section_tariff_coincident = {.path = SECTION,
                                                      ROWS(tariff_coincident_keys),
                                                      ENTRY(amp_tariff_coincident),
                                                      .check = amp_check_tariff_coincident};
#undef SECTION

#define SECTION "tariff.tax[]"
static const amp_key tariff_tax_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the tariff's other taxes."), ID,
     AT(amp_tariff_tax, id)},
    {KEY("use", "", "all",
         "What is taxed: 'all' (each MWh imported), 'mining' or 'compute' (each MWh at the bus "
         "that fleets or halls take)."),
     WORD(use_words), AT(amp_tariff_tax, use)},
    {KEY("rate", "USD/MWh", "", "Tax per MWh."), VALUE, AT(amp_tariff_tax, rate_usd_per_mwh),
     RANGE(NOT_NEGATIVE)},
};
static const amp_section section_tariff_tax = {
    .path = SECTION, ROWS(tariff_tax_keys), ENTRY(amp_tariff_tax)};
#undef SECTION

#define SECTION "tariff.fixed[]"
static const amp_key tariff_fixed_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the tariff's other fixed charges."), ID,
     AT(amp_tariff_fixed, id)},
    {KEY("charge", "USD/month", "none, beside power",
         "Due each local month, by the hours of it that the horizon holds."),
     CONSTANT, AT(amp_tariff_fixed, charge_usd_per_month), RANGE(ANY)},
    {KEY("power", "MW", "none, beside charge", "Obligation, such as a capacity tag."), CONSTANT,
     AT(amp_tariff_fixed, power_mw), RANGE(NOT_NEGATIVE)},
    {KEY("price", "USD/MW/day", "none, beside charge and monthly_price",
         "Price of it for each local day."),
     CONSTANT, AT(amp_tariff_fixed, price_usd_per_mw_day), RANGE(NOT_NEGATIVE)},
    {KEY("monthly_price", "USD/kW/month", "none, beside charge and price",
         "Price of it for each local month, by the hours of it that the horizon holds."),
     CONSTANT, AT(amp_tariff_fixed, price_usd_per_kw_month), RANGE(NOT_NEGATIVE)},
    {KEY("months", "", "all", "Local months in which it is due: a list of 1 to 12."),
     OWN("list of numbers", amp_read_months), AT(amp_tariff_fixed, months)},
};
static const amp_section section_tariff_fixed = {.path = SECTION,
                                                 ROWS(tariff_fixed_keys),
                                                 ENTRY(amp_tariff_fixed),
                                                 .check = amp_check_tariff_fixed};
#undef SECTION

#define SECTION "tariff"
static const amp_key tariff_keys[] = {
    {KEY("tariff", "", "", "Version of the format of tariff files: 1."),
     OWN("number", amp_read_tariff_version), NOWHERE},
    {KEY("name", "", "name of the file", "What the tariff is called in results."), TEXT,
     AT(amp_tariff, name)},
    {KEY("demand", "", "none", "Charges on the highest import of each local month."),
     LIST(section_tariff_demand, amp_tariff, demand, demand_count)},
    {KEY("energy", "", "none", "Prices of imported energy by month, day and hour."),
     LIST(section_tariff_energy, amp_tariff, energy, energy_count)},
    {KEY("coincident", "", "none", "Charges on the import in the system's peaks."),
     LIST(section_tariff_coincident, amp_tariff, coincident, coincident_count)},
    {KEY("tax", "", "none", "Taxes on power."),
     LIST(section_tariff_tax, amp_tariff, tax, tax_count)},
    {KEY("fixed", "", "none", "Charges that dispatch does not change."),
     LIST(section_tariff_fixed, amp_tariff, fixed, fixed_count)},
    {KEY("take_or_pay", "MWh", "none", "Energy of a year that is paid whether taken or not."),
     REFUSED("mapping"),
     .instead = "power that is paid in every interval is a block of the supply: 'blocks: "
                "[{power: 50 MW, price: 40 USD/MWh, resale: true}]'"},
};
const amp_section amp_section_tariff = {.path = SECTION,
                                        ROWS(tariff_keys),
                                        .size = sizeof(amp_tariff),
                                        .is_set = offsetof(amp_tariff, is_set),
                                        .place = AMP_NO_FIELD,
                                        .id = AMP_NO_FIELD,
                                        .check = amp_check_tariff};
#undef SECTION

/* In the order of the reference. */
static const amp_section *const sections[] = {
    &amp_section_tariff,    &section_tariff_demand,     &section_tariff_minimum,
    &section_tariff_ramp,   &section_tariff_ratchet,    &section_tariff_tier,
    &section_tariff_energy, &section_tariff_coincident, &section_tariff_tax,
    &section_tariff_fixed,
};

const amp_section *amp_tariff_section_get(size_t i)
{
    return i < sizeof sections / sizeof sections[0] ? sections[i] : NULL;
}
