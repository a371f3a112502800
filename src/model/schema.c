/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of a portfolio, one row each; schema_hall.c has those of its halls,
 * schema_tariff.c those of a tariff. The reader, the
 * advice about unknown keys and the reference in docs/model.md all come from these tables;
 * docs/extending.md says how to add a row. Rows are read in their order: series and currencies come
 * before what uses them. */
#include "model/schema.h"

static const char *const gap_words[] = {"error", "hold", "interpolate", NULL};
static const char *const per_words[] = {"horizon", "year", NULL};

/* ---- dated values ---- */

#define SECTION "availability[]"
static const amp_key availability_keys[] = {
    {KEY("from", "", "", "Date from which the share holds."), TIME, AT(amp_step, from_unix_s)},
    {KEY("share", "%", "", "Share that is available from then on; 100 % before the first."),
     CONSTANT, AT(amp_step, value), RANGE(SHARE)},
};
const amp_section amp_section_availability = {
    .path = SECTION, ROWS(availability_keys), .size = sizeof(amp_step), NO_MARKS};
#undef SECTION

#define SECTION "sites[].grid.energised[]"
static const amp_key energised_keys[] = {
    {KEY("from", "", "", "Date from which the power is there."), TIME, AT(amp_step, from_unix_s)},
    {KEY("power", "MW", "", "Total power of the connection from then on, not an addition."),
     CONSTANT, AT(amp_step, value), RANGE(NOT_NEGATIVE)},
};
static const amp_section section_energised = {
    .path = SECTION, ROWS(energised_keys), .size = sizeof(amp_step), NO_MARKS};
#undef SECTION

/* ---- top of the file ---- */

#define SECTION "time"
static const amp_key time_keys[] = {
    {KEY("from", "", "", "Start of the horizon."), TIME, AT(amp_horizon, from_unix_s)},
    {KEY("to", "", "", "End of the horizon; the last interval ends here."), TIME,
     AT(amp_horizon, to_unix_s)},
    {KEY("step", "s", "",
         "Length of an interval: whole seconds, at most a day. It divides the "
         "horizon."),
     OWN("quantity", amp_read_step), AT(amp_horizon, step_s), RANGE(POSITIVE)},
};
static const amp_section section_time = {.path = SECTION,
                                         ROWS(time_keys),
                                         .size = sizeof(amp_horizon),
                                         .is_set = AMP_NO_FIELD,
                                         .place = offsetof(amp_horizon, place),
                                         .id = AMP_NO_FIELD,
                                         .check = amp_check_time};
#undef SECTION

#define SECTION "series.NAME"
static const amp_key series_keys[] = {
    {KEY("file", "", "", "CSV file, plain or gzip, beside the portfolio file."), TEXT,
     AT(amp_series_decl, file)},
    {KEY("column", "", "", "Name in the header cell 'name [unit]' of the column."), TEXT,
     AT(amp_series_decl, column)},
    {KEY("gaps", "", "error",
         "What a missing value means: 'error', 'hold' (the value before) or "
         "'interpolate' (a line between its neighbours)."),
     WORD(gap_words), AT(amp_series_decl, gaps)},
};
static const amp_section section_series = {
    .path = SECTION, ROWS(series_keys), .size = sizeof(amp_series_decl), NO_MARKS};
#undef SECTION

#define SECTION "currencies"
static const amp_key currency_keys[] = {
    {KEY("CODE", "USD/CODE", "no rate", "USD for one unit of the currency, by its ISO 4217 code."),
     OWN("quantity or series", amp_read_value), NOWHERE, RANGE(POSITIVE), .varies = true},
};
static const amp_section section_currencies = {
    .path = SECTION, ROWS(currency_keys), .size = sizeof(amp_currency), NO_MARKS};
#undef SECTION

#define SECTION "bitcoin.height"
static const amp_key height_keys[] = {
    {KEY("at", "", "", "When the block was found."), TIME, AT(amp_bitcoin, height_at_unix_s)},
    {KEY("block", "1", "", "Its height. One block follows every 600 s."),
     OWN("number", amp_read_whole_number), AT(amp_bitcoin, height_block), RANGE(NOT_NEGATIVE)},
};
const amp_section amp_section_height = {
    .path = SECTION, ROWS(height_keys), .size = sizeof(amp_bitcoin), NO_MARKS};
#undef SECTION

#define SECTION "bitcoin"
static const amp_key bitcoin_keys[] = {
    {KEY("hashprice", "USD/PH/day", "from price and difficulty",
         "What a hashrate of 1 PH/s earns in a day."),
     VALUE, AT(amp_bitcoin, hashprice_usd_per_ph_day), RANGE(NOT_NEGATIVE)},
    {KEY("price", "USD/BTC", "none, beside hashprice", "Price of bitcoin."), VALUE,
     AT(amp_bitcoin, price_usd_per_btc), RANGE(NOT_NEGATIVE)},
    {KEY("difficulty", "1", "none, beside hashprice", "Difficulty of the network."), VALUE,
     AT(amp_bitcoin, difficulty), RANGE(DIFFICULTY)},
    {KEY("fees", "BTC/block", "0 BTC/block", "Transaction fees of a block, beside its subsidy."),
     VALUE, AT(amp_bitcoin, fees_btc_per_block), RANGE(NOT_NEGATIVE)},
    {KEY("height", "block", "{at: 2024-04-20T00:09:27Z, block: 840000}",
         "Block height, which decides the subsidy: one known block, or a series of heights."),
     OWN("mapping or series", amp_read_height), .init = amp_init_height, AT(amp_bitcoin, height),
     RANGE(NOT_NEGATIVE), .varies = true},
};
static const amp_section section_bitcoin = {
    .path = SECTION, ROWS(bitcoin_keys), MARKS(amp_bitcoin), .check = amp_check_bitcoin};
#undef SECTION

/* ---- connection and bill ---- */

#define SECTION "sites[].grid"
static const amp_key grid_keys[] = {
    {KEY("import_limit", "MW", "what is energised",
         "Most power drawn at the meter. With 'energised' too, the smaller holds."),
     VALUE, AT(amp_grid, import_limit_mw), RANGE(NOT_NEGATIVE)},
    {KEY("export_limit", "MW", "0 MW", "Most power fed back at the meter."), VALUE,
     AT(amp_grid, export_limit_mw), RANGE(NOT_NEGATIVE)},
    {KEY("energised", "", "import_limit from the start",
         "Power of the connection from dates on; 0 MW before the first."),
     OWN("dated powers", amp_read_steps), .section = &section_energised,
     AT(amp_grid, energised_mw)},
    {KEY("availability", "%", "100 %", "Share of both limits that is there."), AVAILABILITY,
     AT(amp_grid, availability)},
};
static const amp_section section_grid = {.path = SECTION,
                                         ROWS(grid_keys),
                                         .size = sizeof(amp_grid),
                                         .is_set = AMP_NO_FIELD,
                                         .place = offsetof(amp_grid, place),
                                         .id = AMP_NO_FIELD,
                                         .check = amp_check_grid};
#undef SECTION

#define SECTION "sites[].supply.blocks[]"
static const amp_key block_keys[] = {
    {KEY("power", "MW", "", "Power that is bought in every interval."), VALUE,
     AT(amp_block, power_mw), RANGE(NOT_NEGATIVE)},
    {KEY("price", "USD/MWh", "", "Price of it, due whether it is used or not."), VALUE,
     AT(amp_block, price_usd_per_mwh), RANGE(ANY)},
    {KEY("resale", "", "",
         "true: settled in money, power x (energy_price - price) whatever is imported. false: "
         "import up to 'power' costs the adder alone, and what is not used is lost."),
     BOOL, AT(amp_block, resale)},
};
static const amp_section section_block = {.path = SECTION,
                                          ROWS(block_keys),
                                          .size = sizeof(amp_block),
                                          .is_set = AMP_NO_FIELD,
                                          .place = offsetof(amp_block, place),
                                          .id = AMP_NO_FIELD};
#undef SECTION

#define SECTION "sites[].supply.demand_charge.peak_so_far[]"
static const amp_key peak_so_far_keys[] = {
    {KEY("month", "", "", "Local month, such as 2023-08."), OWN("month", amp_read_month), NOWHERE},
    {KEY("power", "MW", "", "Highest import that was metered in it before the horizon."), CONSTANT,
     AT(amp_peak_so_far, power_mw), RANGE(NOT_NEGATIVE)},
};
const amp_section amp_section_peak_so_far = {.path = SECTION,
                                             ROWS(peak_so_far_keys),
                                             .size = sizeof(amp_peak_so_far),
                                             .is_set = AMP_NO_FIELD,
                                             .place = offsetof(amp_peak_so_far, place),
                                             .id = AMP_NO_FIELD};
#undef SECTION

#define SECTION "sites[].supply.demand_charge"
static const amp_key demand_charge_keys[] = {
    {KEY("charge", "USD/kW/month", "", "Charge on the local month's highest metered interval."),
     VALUE, AT(amp_demand_charge, charge_usd_per_kw_month), RANGE(NOT_NEGATIVE)},
    {KEY("peak_so_far", "MW", "0 MW",
         "Highest import metered before the horizon: of the month in which it begins, or by "
         "month. The charge is due on no less."),
     OWN("quantity or list", amp_read_peak_so_far), .section = &amp_section_peak_so_far, NOWHERE,
     RANGE(NOT_NEGATIVE)},
    {KEY("prorate", "", "false",
         "Whether a month that the horizon holds in part is charged by its hours, not in full."),
     BOOL, AT(amp_demand_charge, prorate)},
    {KEY("metering", "s", "the step",
         "Time over which the meter averages import, by the local clock."),
     OWN("quantity", amp_read_step), AT(amp_demand_charge, metering_s), RANGE(POSITIVE)},
};
static const amp_section section_demand_charge = {.path = SECTION,
                                                  ROWS(demand_charge_keys),
                                                  MARKS(amp_demand_charge),
                                                  .check = amp_check_demand_charge};
#undef SECTION

#define SECTION "sites[].supply.coincident_peak"
static const amp_key coincident_peak_keys[] = {
    {KEY("charge", "USD/kW/year", "", "Charge on the mean import in the peak intervals of a year."),
     VALUE, AT(amp_coincident_peak, charge_usd_per_kw_year), RANGE(NOT_NEGATIVE)},
    {KEY("peaks", "1", "", "How many intervals of a year count."),
     OWN("number", amp_read_whole_number), AT(amp_coincident_peak, peaks), RANGE(POSITIVE)},
    {KEY("probability", "%", "", "That an interval is one of them."), VALUE,
     AT(amp_coincident_peak, probability), RANGE(SHARE)},
};
static const amp_section section_coincident_peak = {
    .path = SECTION, ROWS(coincident_peak_keys), MARKS(amp_coincident_peak)};
#undef SECTION

/* ---- the supply of a site ---- */

#define SECTION "sites[].supply"
static const amp_key supply_keys[] = {
    {KEY("energy_price", "USD/MWh", "none; required where power is imported",
         "Price of imported energy."),
     VALUE, AT(amp_supply, energy_price_usd_per_mwh), RANGE(ANY)},
    {KEY("adder", "USD/MWh", "0 USD/MWh", "Delivery, taxes, losses: paid per MWh imported."), VALUE,
     AT(amp_supply, adder_usd_per_mwh), RANGE(ANY)},
    {KEY("export_price", "USD/MWh", "none; required where power is exported",
         "What an exported MWh earns."),
     VALUE, AT(amp_supply, export_price_usd_per_mwh), RANGE(ANY)},
    {KEY("demand_charge", "USD/kW/month", "none",
         "Charge on the local month's highest metered interval."),
     OWN("quantity, series or mapping", amp_read_demand_charge), .init = amp_init_section,
     .section = &section_demand_charge, AT(amp_supply, demand_charge), RANGE(NOT_NEGATIVE),
     .varies = true},
    {KEY("coincident_peak", "", "none", "Charge on the import in the system's peak intervals."),
     MAPPING(section_coincident_peak), AT(amp_supply, coincident_peak)},
    {KEY("tariff", "", "none", "File of a tariff; docs/tariffs.md says what it holds."),
     OWN("file", amp_read_tariff), AT(amp_supply, tariff)},
    {KEY("blocks", "", "none", "Purchase agreements."),
     LIST(section_block, amp_supply, block, block_count)},
};
static const amp_section section_supply = {.path = SECTION,
                                           ROWS(supply_keys),
                                           .size = sizeof(amp_supply),
                                           .is_set = AMP_NO_FIELD,
                                           .place = offsetof(amp_supply, place),
                                           .id = AMP_NO_FIELD,
                                           .check = amp_check_supply};
#undef SECTION

/* ---- battery ---- */

#define SECTION "sites[].battery.final_soc"
static const amp_key final_soc_keys[] = {
    {KEY("minimum", "%", "", "Least state of charge at the end."), CONSTANT,
     AT(amp_battery, final_soc), RANGE(SHARE)},
};
const amp_section amp_section_final_soc = {
    .path = SECTION, ROWS(final_soc_keys), .size = sizeof(amp_battery), NO_MARKS};
#undef SECTION

#define SECTION "sites[].battery"
static const amp_key battery_keys[] = {
    {KEY("power", "MW", "charge_power and discharge_power",
         "Most power while charging and while discharging, at the bus."),
     OWN("quantity", amp_read_battery_power), NOWHERE, RANGE(NOT_NEGATIVE)},
    {KEY("charge_power", "MW", "power", "Most charging power, at the bus."), CONSTANT,
     AT(amp_battery, charge_power_mw), RANGE(NOT_NEGATIVE)},
    {KEY("discharge_power", "MW", "power", "Most discharging power, at the bus."), CONSTANT,
     AT(amp_battery, discharge_power_mw), RANGE(NOT_NEGATIVE)},
    {KEY("energy", "MWh", "", "Energy stored when full. Shares of charge are of it."), CONSTANT,
     AT(amp_battery, energy_mwh), RANGE(NOT_NEGATIVE)},
    {KEY("charge_efficiency", "%", "100 %", "Stored energy per energy taken from the bus."),
     CONSTANT, AT(amp_battery, charge_efficiency), RANGE(SHARE_POSITIVE)},
    {KEY("discharge_efficiency", "%", "100 %", "Energy given to the bus per stored energy taken."),
     CONSTANT, AT(amp_battery, discharge_efficiency), RANGE(SHARE_POSITIVE)},
    {KEY("minimum_soc", "%", "0 %", "Least state of charge."), CONSTANT,
     AT(amp_battery, minimum_soc), RANGE(SHARE)},
    {KEY("maximum_soc", "%", "100 %", "Highest state of charge."), CONSTANT,
     AT(amp_battery, maximum_soc), RANGE(SHARE)},
    {KEY("initial_soc", "%", "as minimum_soc", "State of charge at the start of the horizon."),
     CONSTANT, AT(amp_battery, initial_soc), RANGE(SHARE)},
    {KEY("final_soc", "%", "free", "State of charge at the end: exactly, or {minimum: ...}."),
     OWN("quantity or mapping", amp_read_final_soc), .init = amp_init_value,
     AT(amp_battery, final_soc), RANGE(SHARE)},
    {KEY("wear", "USD/MWh", "0 USD/MWh",
         "Cost of wear per MWh charged and per MWh discharged, at the bus."),
     CONSTANT, AT(amp_battery, wear_usd_per_mwh), RANGE(NOT_NEGATIVE)},
    {KEY("terminal_value", "USD/MWh", "0 USD/MWh",
         "Worth of what is stored at the end; 0 beside final_soc."),
     CONSTANT, AT(amp_battery, terminal_value_usd_per_mwh), RANGE(ANY)},
    {KEY("self_discharge", "%/day", "0 %/day", "Share of the stored energy lost in 24 hours."),
     CONSTANT, AT(amp_battery, self_discharge_per_day), RANGE(SHARE_BELOW_ONE)},
    {KEY("availability", "%", "100 %", "Share of both powers that is there."), AVAILABILITY,
     AT(amp_battery, availability)},
};
static const amp_section section_battery = {
    .path = SECTION, ROWS(battery_keys), MARKS(amp_battery), .check = amp_check_battery};
#undef SECTION

/* ---- generators and mining ---- */

#define SECTION "sites[].generators[]"
static const amp_key generator_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the site's other generators."), ID,
     AT(amp_generator, id)},
    {KEY("power", "MW", "", "Most power, at the bus."), VALUE, AT(amp_generator, power_mw),
     RANGE(NOT_NEGATIVE)},
    {KEY("cost", "USD/MWh", "", "Cost per MWh; 0 USD/MWh with an availability is sun or wind."),
     VALUE, AT(amp_generator, cost_usd_per_mwh), RANGE(ANY)},
    {KEY("start_cost", "USD", "0 USD", "Cost of each start."), REFUSED("quantity"),
     RANGE(NOT_NEGATIVE), .may_be_zero = true},
    {KEY("minimum", "%", "0 %", "Least power while it runs, as a share of its power."),
     REFUSED("quantity"), RANGE(SHARE), .may_be_zero = true},
    {KEY("availability", "%", "100 %", "Share of its power that is there."), AVAILABILITY,
     AT(amp_generator, availability)},
    {KEY("energy_limit", "MWh", "none", "Most energy that it may give, at the bus."), CONSTANT,
     AT(amp_generator, energy_limit_mwh), RANGE(NOT_NEGATIVE)},
    {KEY("hours", "h", "none",
         "Hours at full power that it may run: energy up to hours x power, at any power."),
     CONSTANT, AT(amp_generator, hours_h), RANGE(NOT_NEGATIVE)},
    {KEY("fuel_limit", "GJ", "none", "Most fuel that it may burn, as heat; beside 'heat_rate'."),
     CONSTANT, AT(amp_generator, fuel_limit_gj), RANGE(NOT_NEGATIVE)},
    {KEY("heat_rate", "GJ/MWh", "none; required beside fuel_limit",
         "Heat of the fuel that a MWh at the bus takes."),
     CONSTANT, AT(amp_generator, heat_rate_gj_per_mwh), RANGE(POSITIVE)},
    {KEY("per", "", "horizon",
         "What its limits are for: 'horizon', or 'year', of which the horizon gets its share."),
     WORD(per_words), AT(amp_generator, per)},
    {KEY("emission", "t/MWh", "0 t/MWh",
         "What a MWh at the bus emits; counts for the site's 'emissions'."),
     CONSTANT, AT(amp_generator, emission_t_per_mwh), RANGE(NOT_NEGATIVE)},
};
static const amp_section section_generator = {
    .path = SECTION, ROWS(generator_keys), ENTRY(amp_generator), .check = amp_check_generator};
#undef SECTION

#define SECTION "sites[].emissions"
static const amp_key emissions_keys[] = {
    {KEY("limit", "t", "", "Most that all generators may emit together."), CONSTANT,
     AT(amp_emissions, limit_t), RANGE(NOT_NEGATIVE)},
    {KEY("per", "", "horizon",
         "What the limit is for: 'horizon', or 'year', of which the horizon gets its share."),
     WORD(per_words), AT(amp_emissions, per)},
};
static const amp_section section_emissions = {
    .path = SECTION, ROWS(emissions_keys), MARKS(amp_emissions)};
#undef SECTION

#define SECTION "sites[].mining[].modes[]"
static const amp_key mode_keys[] = {
    {KEY("id", "", "", "Names it in messages; differs from the fleet's other modes and 'normal'."),
     ID, AT(amp_mining_mode, id)},
    {KEY("hashrate", "TH/s", "", "Hashrate of one machine in this mode."), CONSTANT,
     AT(amp_mining_mode, hashrate_th_per_s), RANGE(POSITIVE)},
    {KEY("efficiency", "J/TH", "", "Energy per hash in this mode, at the machine."), CONSTANT,
     AT(amp_mining_mode, efficiency_j_per_th), RANGE(POSITIVE)},
};
static const amp_section section_mode = {.path = SECTION, ROWS(mode_keys), ENTRY(amp_mining_mode)};
#undef SECTION

#define SECTION "sites[].mining[]"
static const amp_key fleet_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the site's other fleets."), ID,
     AT(amp_fleet, id)},
    {KEY("machines", "1", "", "Number of machines."), VALUE, AT(amp_fleet, machines),
     RANGE(NOT_NEGATIVE)},
    {KEY("hashrate", "TH/s", "", "Hashrate of one machine."), CONSTANT,
     AT(amp_fleet, hashrate_th_per_s), RANGE(NOT_NEGATIVE)},
    {KEY("efficiency", "J/TH", "", "Energy per hash, at the machine."), CONSTANT,
     AT(amp_fleet, efficiency_j_per_th), RANGE(POSITIVE)},
    {KEY("pool_fee", "%", "0 %", "Share of the revenue that the pool keeps."), VALUE,
     AT(amp_fleet, pool_fee), RANGE(SHARE)},
    {KEY("overhead", "%", "0 %", "Cooling and losses of the site per MWh of the machines."), VALUE,
     AT(amp_fleet, overhead), RANGE(NOT_NEGATIVE)},
    {KEY("restart", "min", "0 min", "Time at full power without hashing after each start."),
     CONSTANT, AT(amp_fleet, restart_min), RANGE(NOT_NEGATIVE)},
    {KEY("wear", "USD/MW", "0 USD/MW", "Cost per MW of machines started."), CONSTANT,
     AT(amp_fleet, wear_usd_per_mw), RANGE(NOT_NEGATIVE)},
    {KEY("initial_running", "%", "100 %", "Share of the machines that run before the horizon."),
     CONSTANT, AT(amp_fleet, initial_running), RANGE(SHARE)},
    {KEY("modes", "", "none", "Power modes of the machines beside the normal one."),
     LIST(section_mode, amp_fleet, mode, mode_count)},
    {KEY("availability", "%", "100 %", "Share of the machines that works."), AVAILABILITY,
     AT(amp_fleet, availability)},
};
static const amp_section section_fleet = {
    .path = SECTION, ROWS(fleet_keys), ENTRY(amp_fleet), .check = amp_check_fleet};
#undef SECTION

/* ---- sites and the file ---- */

#define SECTION "sites[]"
static const amp_key site_keys[] = {
    {KEY("id", "", "", "Names it in results and for '--site'; differs from all other sites."), ID,
     AT(amp_site, id)},
    {KEY("country", "", "none", "ISO 3166 code of two capital letters; NO is Norway."),
     OWN("country", amp_read_country), AT(amp_site, country)},
    {KEY("time_zone", "", "UTC", "IANA name; decides local months, days and hours of contracts."),
     OWN("time zone", amp_read_time_zone), .init = amp_init_time_zone, AT(amp_site, time_zone)},
    {KEY("grid", "", "", "The connection, at the meter."), MAPPING(section_grid),
     AT(amp_site, grid)},
    {KEY("supply", "", "none; required where power is imported or exported",
         "What energy costs and earns at the meter."),
     MAPPING(section_supply), AT(amp_site, supply)},
    {KEY("battery", "", "none", "One battery, at the bus."), MAPPING(section_battery),
     AT(amp_site, battery)},
    {KEY("generators", "", "none", "Generators, at the bus."),
     LIST(section_generator, amp_site, generator, generator_count)},
    {KEY("emissions", "", "none", "Limit on what the generators emit."), MAPPING(section_emissions),
     AT(amp_site, emissions)},
    {KEY("reserves", "", "none", "Power held ready to be given back, by product."),
     LIST(amp_section_reserve, amp_site, reserve, reserve_count)},
    {KEY("mining", "", "none", "Fleets of mining machines."),
     LIST(section_fleet, amp_site, fleet, fleet_count)},
    {KEY("halls", "", "none", "AI data halls."),
     LIST(amp_section_hall, amp_site, hall, hall_count)},
};
static const amp_section section_site = {
    .path = SECTION, ROWS(site_keys), ENTRY(amp_site), .check = amp_check_site};
#undef SECTION

#define SECTION ""
static const amp_key portfolio_keys[] = {
    {KEY("ampacity", "", "", "Version of the file format: 1."), OWN("number", amp_read_version),
     NOWHERE},
    {KEY("name", "", "name of the file", "What the portfolio is called in results."), TEXT,
     AT(amp_portfolio, name)},
    {KEY("currency", "", "USD", "Currency of results. Only USD is supported yet."),
     OWN("currency", amp_read_currency), NOWHERE},
    {KEY("time", "", "", "The horizon and its intervals."), MAPPING(section_time),
     AT(amp_portfolio, horizon)},
    {KEY("series", "", "none", "Series in files, by the name that values use."),
     OWN("mapping", amp_read_series), .section = &section_series, NOWHERE},
    {KEY("currencies", "", "USD alone", "Rates of the currencies that amounts are written in."),
     OWN("mapping", amp_read_currencies), .section = &section_currencies, NOWHERE},
    {KEY("bitcoin", "", "none; required where a site mines", "What a hash earns."),
     MAPPING(section_bitcoin), AT(amp_portfolio, bitcoin)},
    {KEY("sites", "", "", "The sites."), LIST(section_site, amp_portfolio, site, site_count)},
    {KEY("projects", "", "none", "Options to build or convert."), REFUSED("list")},
    {KEY("contracts", "", "none", "Contracts that a plan may sign."), REFUSED("list")},
    {KEY("finance", "", "none", "Cash, debt and taxes."), REFUSED("mapping")},
    {KEY("scenarios", "", "none", "Possible futures and their probabilities."), REFUSED("mapping")},
    {KEY("policy", "", "none", "How decisions weigh value against risk."), REFUSED("mapping")},
    {KEY("devices", "", "none", "Equipment that is controlled."), REFUSED("list")},
    {KEY("signals", "", "none", "Live inputs of the controller."), REFUSED("mapping")},
    {KEY("fallback", "", "none", "What the controller does when an input is lost."),
     REFUSED("mapping")},
};
const amp_section amp_section_portfolio = {
    .path = SECTION, ROWS(portfolio_keys), .size = sizeof(amp_portfolio), NO_MARKS};
#undef SECTION

/* In the order of the reference. */
static const amp_section *const sections[] = {
    &amp_section_portfolio,
    &section_time,
    &section_series,
    &section_currencies,
    &section_bitcoin,
    &amp_section_height,
    &section_site,
    &section_grid,
    &section_energised,
    &section_supply,
    &section_demand_charge,
    &amp_section_peak_so_far,
    &section_coincident_peak,
    &section_block,
    &section_battery,
    &amp_section_final_soc,
    &section_generator,
    &section_emissions,
    &section_fleet,
    &section_mode,
    &amp_section_availability,
};

static const amp_section *own_section_get(size_t i)
{
    return i < sizeof sections / sizeof sections[0] ? sections[i] : NULL;
}

const amp_section *amp_section_get(size_t i)
{
    static const amp_section *(*const rooms[])(size_t) = {
        own_section_get,
        amp_hall_section_get,
        amp_reserve_section_get,
        amp_tariff_section_get,
    };
    for (size_t room = 0; room < sizeof rooms / sizeof rooms[0]; room++) {
        const amp_section *section = NULL;
        for (size_t k = 0; (section = rooms[room](k)) != NULL; k++)
            if (i-- == 0)
                return section;
    }
    return NULL;
}

const amp_key_row *amp_key_row_get(size_t i)
{
    const amp_section *section = NULL;
    for (size_t s = 0; (section = amp_section_get(s)) != NULL; s++) {
        if (i < section->key_count)
            return &section->key[i].row;
        i -= section->key_count;
    }
    return NULL;
}
