/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of an AI data hall and of the work in it, one row each. */
#include "model/schema.h"

static const char *const redundancy_words[] = {"N", "N+1", "2N", NULL};
static const char *const per_words[] = {"horizon", "year", NULL};
static const char *const lease_energy_words[] = {"pass_through", "included", "fixed", NULL};
static const char *const lease_energy_per_words[] = {"it", "bus", NULL};
static const char *const lease_demand_words[] = {"site", "tenant", "share", NULL};
static const char *const lease_availability_by_words[] = {"time", "energy", NULL};
static const char *const workload_words[] = {"inference", "training", NULL};

/* How far GPUs may be capped: rows that several sections have. */
#define CAPS(record_, fallback_)                                                                  \
    {KEY("curve", "", fallback_,                                                                  \
         "Measured points [power of a GPU or share of full power, throughput], both rising; the " \
         "last is full power."),                                                                  \
     OWN("list of pairs", amp_read_cap_curve), AT(record_, caps.curve)},                          \
        {KEY("floor", "%", "0 %", "Least throughput, as a share of that at full power."),         \
         CONSTANT, AT(record_, caps.floor), RANGE(SHARE)},                                        \
        {KEY("flex_tier", "", "none, beside floor", "The one of flex_tiers whose floor it has."), \
         ID, AT(record_, caps.flex_tier)},                                                        \
    {                                                                                             \
        KEY("pausable", "", "false",                                                              \
            "Whether it may be off too; else the smallest cap of the curve always runs."),        \
            BOOL, AT(record_, caps.is_pausable)                                                   \
    }

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

#define SECTION "sites[].halls[].lease.exclusions[]"
static const amp_key exclusion_keys[] = {
    {KEY("from", "", "", "When it begins: intervals that start in it are not looked at."), TIME,
     AT(amp_exclusion, from_unix_s)},
    {KEY("to", "", "", "When it ends."), TIME, AT(amp_exclusion, to_unix_s)},
};
static const amp_section section_exclusion = {.path = SECTION,
                                              ROWS(exclusion_keys),
                                              .size = sizeof(amp_exclusion),
                                              .is_set = AMP_NO_FIELD,
                                              .place = offsetof(amp_exclusion, place),
                                              .id = AMP_NO_FIELD,
                                              .check = amp_check_exclusion};
#undef SECTION

#define SECTION "sites[].halls[].lease.flexible"
static const amp_key flexible_keys[] = {
    {KEY("share", "%", "", "Most of the load that may be cut at a time."), CONSTANT,
     AT(amp_flexible, share), RANGE(SHARE_POSITIVE)},
    {KEY("hours", "h", "none; it or energy is required",
         "Hours that the whole share may be cut: half of it for two hours takes one."),
     CONSTANT, AT(amp_flexible, hours_h), RANGE(NOT_NEGATIVE)},
    {KEY("energy", "MWh", "none; it or hours is required", "IT energy that may be cut."), CONSTANT,
     AT(amp_flexible, energy_mwh), RANGE(NOT_NEGATIVE)},
    {KEY("per", "", "horizon",
         "What 'hours' and 'energy' are for: 'horizon', or 'year', of which the horizon gets its "
         "share."),
     WORD(per_words), AT(amp_flexible, per)},
    {KEY("credit", "USD/MWh", "0 USD/MWh", "Paid to the tenant per IT MWh that is cut."), VALUE,
     AT(amp_flexible, credit_usd_per_mwh), RANGE(NOT_NEGATIVE)},
    {KEY("notice", "min", "none",
         "How long before a cut the tenant is told; dispatch knows prices ahead and does not "
         "wait."),
     CONSTANT, RANGE(NOT_NEGATIVE), WITHOUT_EFFECT},
};
static const amp_section section_flexible = {
    .path = SECTION, ROWS(flexible_keys), MARKS(amp_flexible), .check = amp_check_flexible};
#undef SECTION

#define SECTION "sites[].halls[].lease"
static const amp_key lease_keys[] = {
    {KEY("tenant", "", "none", "Who leases the hall; named in results."), TEXT,
     AT(amp_lease, tenant)},
    {KEY("load", "MW", "", "IT power that must be served, or its share of it_power."), LOAD,
     AT(amp_lease, load), RANGE(NOT_NEGATIVE)},
    {KEY("fee", "USD/kW/month", "0 USD/kW/month",
         "Rent per kW of it_power, by hours of the local month; dispatch does not change it."),
     VALUE, AT(amp_lease, fee_usd_per_kw_month), RANGE(NOT_NEGATIVE)},
    {KEY("energy", "", "pass_through",
         "Who pays for energy: 'pass_through' (the tenant, at energy_price + adder for each MWh "
         "at the bus), 'included' (the site, from the fee) or 'fixed' (the tenant, at the "
         "lease's energy_price). What is passed through is outside the objective."),
     WORD(lease_energy_words), AT(amp_lease, energy)},
    {KEY("energy_price", "USD/MWh", "none, beside pass_through and included",
         "Price of energy where it is 'fixed'."),
     VALUE, AT(amp_lease, energy_price_usd_per_mwh), RANGE(NOT_NEGATIVE)},
    {KEY("energy_per", "", "it",
         "What a MWh of energy_price is: 'it' (of IT) or 'bus' (with what cooling takes)."),
     WORD(lease_energy_per_words), AT(amp_lease, energy_per)},
    {KEY("pue_cap", "1", "none",
         "Highest PUE of a local month at which energy is passed through; what is above it the "
         "site bears."),
     CONSTANT, AT(amp_lease, pue_cap), RANGE(AT_LEAST_ONE)},
    {KEY("demand_charges", "", "site",
         "Who pays demand charges and coincident peaks: 'site', 'tenant' (all of them) or 'share' "
         "(the tenant, by its part of what the site draws in the peak)."),
     WORD(lease_demand_words), AT(amp_lease, demand_charges)},
    {KEY("minimum_take", "%", "none",
         "Share of the contracted energy of a local month that the tenant pays in any case."),
     CONSTANT, AT(amp_lease, minimum_take), RANGE(SHARE)},
    {KEY("contracted", "MW", "it_power",
         "IT power whose energy minimum_take is a share of, or its share of it_power."),
     LOAD, AT(amp_lease, contracted_mw), RANGE(NOT_NEGATIVE)},
    {KEY("availability", "%", "none",
         "Promised share of a local month; below it credits are due. Not a derating."),
     CONSTANT, AT(amp_lease, availability), RANGE(SHARE)},
    {KEY("availability_by", "", "time",
         "What is not available: 'time' (intervals not served in full) or 'energy' (the part of "
         "the load not served)."),
     WORD(lease_availability_by_words), AT(amp_lease, availability_by)},
    {KEY("service_credits", "", "none",
         "Credits to the tenant: pairs [availability, share of the month's fee], due from that "
         "availability up to the pair before; they end at 0 %. Then penalty guides dispatch only, "
         "and is not due."),
     OWN("list of pairs", amp_read_service_credits), NOWHERE},
    {KEY("credit_per_hour", "%", "none",
         "Share of the month's fee credited for each hour below the promise (100 % unless given), "
         "in place of service_credits: a day's fee is 3.33 %."),
     CONSTANT, AT(amp_lease, credit_per_hour), RANGE(SHARE)},
    {KEY("credit_cap", "%", "100 %", "Most that is credited of a month's fee."), CONSTANT,
     AT(amp_lease, credit_cap), RANGE(SHARE)},
    {KEY("exclusions", "", "none", "Time that availability does not count, such as maintenance."),
     LIST(section_exclusion, amp_lease, exclusion, exclusion_count)},
    {KEY("maintenance", "h", "0 h",
         "Hours of a local month that may be missed before availability counts them."),
     CONSTANT, AT(amp_lease, maintenance_h), RANGE(NOT_NEGATIVE)},
    {KEY("penalty", "USD/MWh", "none: the load is hard",
         "Due per IT MWh of the load that is not served; beside service_credits what dispatch "
         "takes for them."),
     VALUE, AT(amp_lease, penalty_usd_per_mwh), RANGE(NOT_NEGATIVE)},
    {KEY("flexible", "", "none", "What the tenant lets the site cut of the load, for a credit."),
     MAPPING(section_flexible), AT(amp_lease, flexible)},
};
static const amp_section section_lease = {
    .path = SECTION, ROWS(lease_keys), MARKS(amp_lease), .check = amp_check_lease};
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
    CAPS(amp_inference, "none: power is throughput"),
};
static const amp_section section_inference = {
    .path = SECTION, ROWS(inference_keys), MARKS(amp_inference), .check = amp_check_inference};
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
    {KEY("curve", "", "none: power is throughput", "Throughput of its GPUs by power cap."),
     REFUSED("list of pairs"),
     .instead = "remove it, or make a running job one of the hall's 'workloads'"},
};
static const amp_section section_job = {
    .path = SECTION, ROWS(job_keys), ENTRY(amp_training_job), .check = amp_check_job};
#undef SECTION

#define SECTION "sites[].halls[].flex_tiers[]"
static const amp_key flex_tier_keys[] = {
    {KEY("id", "", "", "Names it in 'flex_tier'; differs from the hall's other tiers."), ID,
     AT(amp_flex_tier, id)},
    {KEY("floor", "%", "", "Least throughput, as a share of that at full power."), CONSTANT,
     AT(amp_flex_tier, floor), RANGE(SHARE)},
};
static const amp_section section_flex_tier = {
    .path = SECTION, ROWS(flex_tier_keys), ENTRY(amp_flex_tier)};
#undef SECTION

#define SECTION "sites[].halls[].workloads[]"
static const amp_key workload_keys[] = {
    {KEY("id", "", "", "Names it in results; differs from the hall's other workloads."), ID,
     AT(amp_workload, id)},
    {KEY("use", "", "", "Where its energy and income are counted: 'inference' or 'training'."),
     WORD(workload_words), AT(amp_workload, use)},
    {KEY("gpus", "1", "none, beside power", "Number of GPUs; the curve has powers of one."),
     CONSTANT, AT(amp_workload, gpus), RANGE(POSITIVE)},
    {KEY("power", "MW", "gpus x the last power of the curve", "IT power of all its GPUs uncapped."),
     CONSTANT, AT(amp_workload, full_power_mw), RANGE(POSITIVE)},
    {KEY("value", "USD/MWh", "",
         "Value per IT MWh at full power; at a cap, for the share of full throughput."),
     VALUE, AT(amp_workload, value_usd_per_mwh), RANGE(NOT_NEGATIVE)},
    CAPS(amp_workload, ""),
};
static const amp_section section_workload = {
    .path = SECTION, ROWS(workload_keys), ENTRY(amp_workload), .check = amp_check_workload};
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
    {KEY("lease", "", "none, beside another use", "A tenant's contract for the whole hall."),
     MAPPING(section_lease), AT(amp_hall, lease)},
    {KEY("inference", "", "none, beside another use", "Requests of users, served by the hall."),
     MAPPING(section_inference), AT(amp_hall, inference)},
    {KEY("jobs", "", "none, beside another use", "Training jobs: energy by a deadline."),
     LIST(section_job, amp_hall, job, job_count)},
    {KEY("workloads", "", "none, beside another use",
         "Work that runs on GPUs all the time, and whose power may be capped."),
     LIST(section_workload, amp_hall, workload, workload_count)},
    {KEY("flex_tiers", "", "none", "Floors of throughput that workloads and inference name."),
     LIST(section_flex_tier, amp_hall, flex_tier, flex_tier_count)},
};
const amp_section amp_section_hall = {
    .path = SECTION, ROWS(hall_keys), ENTRY(amp_hall), .check = amp_check_hall};
#undef SECTION

/* In the order of the reference. */
static const amp_section *const sections[] = {
    &amp_section_hall,  &amp_section_pue, &section_lease,    &section_exclusion, &section_flexible,
    &section_inference, &section_job,     &section_workload, &section_flex_tier,
};

const amp_section *amp_hall_section_get(size_t i)
{
    return i < sizeof sections / sizeof sections[0] ? sections[i] : NULL;
}
