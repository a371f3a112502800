/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of an AI data hall and of the work in it, one row each. */
#include "model/schema.h"

static const char *const redundancy_words[] = {"N", "N+1", "2N", NULL};
static const char *const lease_energy_words[] = {"pass_through", "included", NULL};

#define SECTION "sites[].halls[].pue"
static const amp_key pue_keys[] = {
    {KEY("outdoor", "degC", "", "Outdoor temperature."), VALUE, AT(amp_pue, outdoor), RANGE(ANY)},
    {KEY("curve", "", "",
         "Points [degC, PUE] with rising temperature: linear between them, "
         "constant outside."),
     OWN("list of pairs", amp_read_pue_curve), NOWHERE},
};
const amp_section amp_section_pue = {
    .path = SECTION, ROWS(pue_keys), .size = sizeof(amp_pue), NO_MARKS};
#undef SECTION

#define SECTION "sites[].halls[].lease"
static const amp_key lease_keys[] = {
    {KEY("tenant", "", "none", "Who leases the hall."), TEXT, WITHOUT_EFFECT},
    {KEY("load", "MW", "", "IT power that must be served, or its share of it_power."), LOAD,
     AT(amp_lease, load), RANGE(NOT_NEGATIVE)},
    {KEY("fee", "USD/kW/month", "0 USD/kW/month",
         "Rent per kW of it_power, by hours of the local month; dispatch does not change it."),
     VALUE, AT(amp_lease, fee_usd_per_kw_month), RANGE(NOT_NEGATIVE)},
    {KEY("energy", "", "pass_through",
         "Who pays for energy: 'pass_through' (the tenant, at energy_price + adder for each MWh "
         "at the bus) or 'included' (in the fee); 'fixed' is not supported yet. The payment is "
         "outside the objective."),
     OWN("word", amp_read_lease_energy), .words = lease_energy_words, AT(amp_lease, energy)},
    {KEY("availability", "%", "none", "Promised level of service; not a derating."), CONSTANT,
     RANGE(SHARE), WITHOUT_EFFECT},
    {KEY("penalty", "USD/MWh", "none: the load is hard",
         "Due per IT MWh of the load that is not served."),
     VALUE, AT(amp_lease, penalty_usd_per_mwh), RANGE(NOT_NEGATIVE)},
};
static const amp_section section_lease = {.path = SECTION, ROWS(lease_keys), MARKS(amp_lease)};
#undef SECTION

#define SECTION "sites[].halls[].inference"
static const amp_key inference_keys[] = {
    {KEY("demand", "MW", "",
         "IT power that users want, or its share of it_power. What is above "
         "it_power counts as not served."),
     LOAD, AT(amp_inference, demand), RANGE(NOT_NEGATIVE)},
    {KEY("value", "USD/MWh", "",
         "Value per IT MWh served: one, or [cumulative share of demand, "
         "value] with shares rising to 100 % and values not rising."),
     OWN("quantity, series or list of pairs", amp_read_inference_value), NOWHERE, RANGE(ANY),
     .varies = true},
    {KEY("penalty", "USD/MWh", "0 USD/MWh", "Due per IT MWh of demand that is not served."), VALUE,
     AT(amp_inference, penalty_usd_per_mwh), RANGE(NOT_NEGATIVE)},
    {KEY("movable", "", "false", "Whether other sites may serve it."), BOOL, WITHOUT_EFFECT},
    {KEY("residency", "", "any country", "Countries in which it may be served."),
     OWN("list of countries", amp_read_countries), WITHOUT_EFFECT},
};
static const amp_section section_inference = {
    .path = SECTION, ROWS(inference_keys), MARKS(amp_inference)};
#undef SECTION

#define SECTION "sites[].halls[].jobs[]"
static const amp_key job_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the hall's other jobs."), ID,
     AT(amp_training_job, id)},
    {KEY("energy", "MWh", "", "IT energy that the job takes."), CONSTANT,
     AT(amp_training_job, energy_mwh), RANGE(POSITIVE)},
    {KEY("power", "MW", "", "Most IT power that it can use."), CONSTANT,
     AT(amp_training_job, power_mw), RANGE(POSITIVE)},
    {KEY("release", "", "start of the horizon", "When it can begin."), TIME,
     .init = amp_init_release, AT(amp_training_job, release_unix_s)},
    {KEY("deadline", "", "end of the horizon", "When it must be done."), TIME,
     .init = amp_init_deadline, AT(amp_training_job, deadline_unix_s)},
    {KEY("value", "USD/MWh", "0 USD/MWh", "Value per IT MWh served."), CONSTANT,
     AT(amp_training_job, value_usd_per_mwh), RANGE(ANY)},
    {KEY("penalty", "USD", "0 USD",
         "Sum for the whole job, due by the share of its energy that is not served."),
     CONSTANT, AT(amp_training_job, penalty_usd), RANGE(NOT_NEGATIVE)},
};
static const amp_section section_job = {
    .path = SECTION, ROWS(job_keys), ENTRY(amp_training_job), .check = amp_check_job};
#undef SECTION

#define SECTION "sites[].halls[]"
static const amp_key hall_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the site's other halls."), ID,
     AT(amp_hall, id)},
    {KEY("it_power", "MW", "", "Most IT power."), CONSTANT, AT(amp_hall, it_power_mw),
     RANGE(NOT_NEGATIVE)},
    {KEY("redundancy", "", "none", "Redundancy of its power path: 'N', 'N+1' or '2N'."),
     WORD(redundancy_words), WITHOUT_EFFECT},
    {KEY("pue", "1", "",
         "Power at the bus per IT power: a number, a series, or a curve over the "
         "outdoor temperature."),
     OWN("number, series or mapping", amp_read_pue), .init = amp_init_pue, AT(amp_hall, pue),
     RANGE(AT_LEAST_ONE), .varies = true},
    {KEY("availability", "%", "100 %", "Share of it_power that works."), AVAILABILITY,
     AT(amp_hall, availability)},
    {KEY("lease", "", "none, beside inference or jobs", "A tenant's contract for the whole hall."),
     MAPPING(section_lease), AT(amp_hall, lease)},
    {KEY("inference", "", "none, beside lease or jobs", "Requests of users, served by the hall."),
     MAPPING(section_inference), AT(amp_hall, inference)},
    {KEY("jobs", "", "none, beside lease or inference", "Training jobs: energy by a deadline."),
     LIST(section_job, amp_hall, job, job_count)},
};
const amp_section amp_section_hall = {
    .path = SECTION, ROWS(hall_keys), ENTRY(amp_hall), .check = amp_check_hall};
#undef SECTION

/* In the order of the reference. */
static const amp_section *const sections[] = {
    &amp_section_hall, &amp_section_pue, &section_lease, &section_inference, &section_job,
};

const amp_section *amp_hall_section_get(size_t i)
{
    return i < sizeof sections / sizeof sections[0] ? sections[i] : NULL;
}
