/* SPDX-License-Identifier: Apache-2.0 */
/* Clauses of a lease: the list of service credits, and what clauses can have wrong together. */
#include "model/reader.h"

#include "base/text.h"
#include "base/time.h"

#include <stdio.h>
#include <string.h>

#define SHOW(node) (amp_show((node)->text, (node)->length).text)

/* Both elements of a service credit. */
static const amp_key share_key = {.row = {.unit = "%", .type = "quantity"},
                                  .range = AMP_RANGE_SHARE};

double amp_lease_promise(const amp_lease *lease)
{
    if (lease->availability.is_set)
        return lease->availability.number;
    if (lease->credit_count > 0 && !(lease->credit[0].credit > 0.0))
        return lease->credit[0].availability;
    return amp_lease_has_credits(lease) ? 1.0 : 0.0;
}

bool amp_lease_has_clauses(const amp_lease *lease)
{
    return lease->energy == AMP_LEASE_FIXED || lease->pue_cap.is_set ||
           lease->demand_charges != AMP_LEASE_DEMAND_SITE || lease->minimum_take.is_set ||
           amp_lease_has_credits(lease);
}

bool amp_lease_has_credits(const amp_lease *lease)
{
    return lease->credit_count > 0 || lease->credit_per_hour.is_set;
}

/* ---- service credits ---- */

static bool read_credit(amp_reader *reader, amp_yaml_node *node, amp_service_credit *credit)
{
    if (node->shape == AMP_YAML_BROKEN)
        return false;
    if (node->shape != AMP_YAML_LIST || node->count != 2) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node, "",
                          "each entry of '%s' must be [availability, share of the month's fee], "
                          "such as [99.9 %%, 10 %%]",
                          amp_yaml_name(node));
        return false;
    }
    const bool has_first =
        amp_reader_number(reader, &share_key, node->first, &credit->availability);
    return amp_reader_number(reader, &share_key, node->last, &credit->credit) && has_first;
}

static void check_pair(amp_reader *reader, const amp_yaml_node *before,
                       const amp_service_credit *credit)
{
    const amp_yaml_node *entry = before->next;
    if (credit[1].availability >= credit[0].availability)
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, entry->first,
                          "begin with the highest: [[99.9 %, 10 %], [99 %, 25 %], [0 %, 50 %]]",
                          "availabilities of 'service_credits' must fall, but %s follows %s",
                          SHOW(entry->first), SHOW(before->first));
    if (credit[1].credit <= credit[0].credit)
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, entry->last,
                          "less availability brings a larger credit",
                          "credits of 'service_credits' must rise, but %s follows %s",
                          SHOW(entry->last), SHOW(before->last));
}

static void check_credits(amp_reader *reader, const amp_yaml_node *list, const amp_lease *lease)
{
    const amp_yaml_node *before = list->first;
    for (size_t i = 1; i < lease->credit_count; i++, before = before->next)
        check_pair(reader, before, &lease->credit[i - 1]);
    if (lease->credit[lease->credit_count - 1].availability > 0.0)
        amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, list->last->first,
                          "say what is due for anything less: end with [0 %, 50 %], for example",
                          "the last availability of 'service_credits' must be 0 %%");
}

void amp_read_service_credits(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                              void *target)
{
    amp_lease *lease = target;
    size_t good_count = 0;
    (void)key;
    if (!amp_reader_expect(reader, node, AMP_YAML_LIST))
        return;
    if (node->count == 0) {
        amp_reader_report(reader, AMP_CODE_WRONG_SHAPE, node,
                          "such as [[99.9 %, 10 %], [99 %, 25 %], [0 %, 50 %]]",
                          "'service_credits' is an empty list");
        return;
    }
    amp_service_credit *credit = AMP_ARENA_NEW(reader->arena, amp_service_credit, node->count);
    if (credit == NULL) {
        (void)amp_reader_no_memory(reader);
        return;
    }
    for (amp_yaml_node *child = node->first; child != NULL; child = child->next)
        good_count += read_credit(reader, child, &credit[child->index]) ? 1U : 0U;
    if (good_count != node->count)
        return;
    lease->credit = credit;
    lease->credit_count = node->count;
    check_credits(reader, node, lease);
}

void amp_check_exclusion(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_exclusion *exclusion = target;
    char times[2][AMP_TIME_TEXT_BYTES];
    if (!amp_reader_has(node, "from") || !amp_reader_has(node, "to") ||
        exclusion->from_unix_s < exclusion->to_unix_s)
        return;
    amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, amp_yaml_get(node, "to"),
                      "an exclusion runs from 'from' to before 'to'",
                      "'to' (%s) must be after 'from' (%s)",
                      amp_time_format(exclusion->to_unix_s, times[0]),
                      amp_time_format(exclusion->from_unix_s, times[1]));
}

/* ---- clauses together ---- */

static bool is_given(const amp_yaml_node *mapping, const char *name)
{
    return amp_yaml_get(mapping, name) != NULL;
}

/* Keys that say more of a clause that is not there. */
static void refuse_without(amp_reader *reader, const amp_yaml_node *node, const char *name,
                           const char *other, const char *advice)
{
    const amp_yaml_node *lone = amp_yaml_get(node, name);
    if (lone != NULL)
        amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, lone->key_place, lone, advice,
                             "'%s' has no meaning without %s", name, other);
}

/* Keys that have no meaning beside the way in which energy is paid. */
static void refuse_beside_energy(amp_reader *reader, const amp_yaml_node *node, const char *name,
                                 amp_lease_energy energy, const char *advice)
{
    static const char *const words[] = {[AMP_LEASE_PASS_THROUGH] = "pass_through",
                                        [AMP_LEASE_INCLUDED] = "included",
                                        [AMP_LEASE_FIXED] = "fixed"};
    const amp_yaml_node *key = amp_yaml_get(node, name);
    if (key != NULL)
        amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, key->key_place, key, advice,
                             "'%s' has no meaning beside 'energy: %s'", name, words[energy]);
}

static void check_energy(amp_reader *reader, const amp_yaml_node *node, const amp_lease *lease)
{
    const amp_lease_energy energy = lease->energy;
    if (is_given(node, "energy") && !amp_reader_has(node, "energy"))
        return;
    if (energy == AMP_LEASE_FIXED && !is_given(node, "energy_price"))
        amp_reader_report_missing(reader, node, "energy_price",
                                  "say what the tenant pays for a MWh, such as "
                                  "'energy_price: 62 USD/MWh'");
    if (energy != AMP_LEASE_FIXED) {
        refuse_beside_energy(reader, node, "energy_price", energy,
                             "write 'energy: fixed', or remove it");
        refuse_beside_energy(reader, node, "energy_per", energy,
                             "write 'energy: fixed', or remove it");
    }
    if (energy != AMP_LEASE_PASS_THROUGH)
        refuse_beside_energy(reader, node, "pue_cap", energy,
                             energy == AMP_LEASE_FIXED
                                 ? "a price per MWh of IT ('energy_per: it') leaves all cooling to "
                                   "the site"
                                 : "remove it");
    if (energy == AMP_LEASE_INCLUDED)
        refuse_beside_energy(reader, node, "minimum_take", energy,
                             "remove it: the fee is due whatever is taken");
}

/* The promise and the list say the same. */
static void check_promise(amp_reader *reader, const amp_yaml_node *node, const amp_lease *lease)
{
    const amp_yaml_node *promise = amp_yaml_get(node, "availability");
    const amp_yaml_node *credits = amp_yaml_get(node, "service_credits");
    const double promised = lease->availability.number;
    if (!amp_reader_has(node, "availability") || lease->credit_count == 0)
        return;
    const amp_service_credit *first = &lease->credit[0];
    if (first->credit > 0.0 ? first->availability < promised
                            : amp_same(first->availability, promised))
        return;
    amp_reader_report(reader, AMP_CODE_LIMITS_CONTRADICT, promise,
                      first->credit > 0.0 ? "the first credit is due below the promise"
                                          : "write the same, or leave one of the two out",
                      "'availability: %s' is promised, but 'service_credits' begin at %s",
                      SHOW(promise), SHOW(credits->first->first));
}

static void check_credit_keys(amp_reader *reader, const amp_yaml_node *node)
{
    static const char *const others[] = {"credit_cap", "availability_by", "exclusions",
                                         "maintenance"};
    const bool has_tiers = is_given(node, "service_credits");
    const amp_yaml_node *per_hour = amp_yaml_get(node, "credit_per_hour");
    for (size_t i = 0; i < sizeof others / sizeof others[0] && !has_tiers && per_hour == NULL; i++)
        refuse_without(
            reader, node, others[i], "'service_credits' or 'credit_per_hour'",
            "say what is credited, such as 'service_credits: [[99 %, 10 %], [0 %, 30 %]]'");
    if (has_tiers && per_hour != NULL)
        amp_reader_report_at(reader, AMP_CODE_KEY_CONFLICT, per_hour->key_place, per_hour,
                             "remove one of the two",
                             "'credit_per_hour' beside 'service_credits': a month's credit is by "
                             "the hour or by tiers");
    if ((has_tiers || per_hour != NULL) && !is_given(node, "fee"))
        amp_reader_report_missing(reader, node, "fee",
                                  "credits are shares of it: such as 'fee: 130 USD/kW/month'");
}

void amp_check_lease(amp_reader *reader, amp_yaml_node *node, void *target)
{
    const amp_lease *lease = target;
    check_energy(reader, node, lease);
    if (!is_given(node, "minimum_take"))
        refuse_without(reader, node, "contracted", "'minimum_take'",
                       "it says what 'minimum_take' is a share of: add that, or remove this");
    check_credit_keys(reader, node);
    check_promise(reader, node, lease);
    if (lease->energy == AMP_LEASE_FIXED && lease->flexible.is_set)
        amp_reader_report(reader, AMP_CODE_KEY_UNSUPPORTED, amp_yaml_get(node, "flexible"),
                          "take what a MWh earns off the credit, and write 'energy: included'",
                          "'flexible' beside 'energy: fixed' is not supported yet");
}

/* ---- leases together ---- */

void amp_lease_check_site(amp_reader *reader, const amp_yaml_node *node, const amp_site *site)
{
    const amp_yaml_node *halls = amp_yaml_get(node, "halls");
    const amp_yaml_node *entry = halls == NULL ? NULL : halls->first;
    const amp_hall *payer = NULL;
    for (size_t i = 0; i < site->hall_count; i++)
        if (site->hall[i].lease.demand_charges == AMP_LEASE_DEMAND_TENANT && payer == NULL)
            payer = &site->hall[i];
    for (size_t i = 0; i < site->hall_count && entry != NULL && payer != NULL;
         i++, entry = entry->next) {
        const amp_hall *hall = &site->hall[i];
        if (hall == payer || hall->lease.demand_charges == AMP_LEASE_DEMAND_SITE)
            continue;
        const amp_yaml_node *key = amp_yaml_get(amp_yaml_get(entry, "lease"), "demand_charges");
        amp_reader_report(reader, AMP_CODE_KEY_CONFLICT, key,
                          "write 'demand_charges: share' for both, or 'site' for one",
                          "'demand_charges: %s' beside hall '%s', whose tenant pays all of them",
                          SHOW(key), payer->id);
    }
}
