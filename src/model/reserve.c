/* SPDX-License-Identifier: Apache-2.0 */
/* What rows of keys cannot say of reserves. */
#include "model/reader.h"

#include "base/text.h"

#include <string.h>

static const uint32_t all_backers =
    (uint32_t)AMP_RESERVE_MINING | (uint32_t)AMP_RESERVE_BATTERY | (uint32_t)AMP_RESERVE_INFERENCE;

void amp_init_reserve_from(amp_reader *reader, const amp_key *key, void *target, amp_place place,
                           const char *path)
{
    (void)reader;
    (void)place;
    (void)path;
    amp_reader_store(key, target, &all_backers, sizeof all_backers);
}

/* Adds the bit of one word. @return whether it is known */
static bool add_backer(amp_reader *reader, const amp_key *key, amp_yaml_node *node, uint32_t *from)
{
    if (!amp_reader_expect_text(reader, node))
        return false;
    for (unsigned i = 0; key->words[i] != NULL; i++) {
        if (strcmp(key->words[i], node->text) == 0) {
            *from |= UINT32_C(1) << i;
            return true;
        }
    }
    amp_reader_report(reader, AMP_CODE_WRONG_WORD, node, "write mining, battery or inference",
                      "'%s' cannot back reserves", node->text);
    return false;
}

void amp_read_reserve_from(amp_reader *reader, const amp_key *key, amp_yaml_node *node,
                           void *target)
{
    uint32_t from = 0;
    bool are_known = true;
    if (!amp_reader_expect(reader, node, AMP_YAML_LIST))
        return;
    if (node->first == NULL) {
        amp_reader_report(reader, AMP_CODE_RANGE, node, "such as [mining, battery]",
                          "'from' is empty: nobody would back the product");
        return;
    }
    for (amp_yaml_node *child = node->first; child != NULL; child = child->next)
        are_known = add_backer(reader, key, child, &from) && are_known;
    if (are_known)
        amp_reader_store(key, target, &from, sizeof from);
}

/* Entry @p i of the list. */
static const amp_yaml_node *entry(const amp_yaml_node *list, size_t i)
{
    const amp_yaml_node *child = list->first;
    while (i-- > 0 && child != NULL)
        child = child->next;
    return child;
}

void amp_check_reserves(amp_reader *reader, const amp_yaml_node *list, const amp_site *site)
{
    if (list == NULL || site->reserve_count == 0)
        return;
    const amp_reserve_product *first = &site->reserve[0];
    const bool has_battery = (first->from & AMP_RESERVE_BATTERY) != 0 && site->battery.is_set;
    if (site->reserve_count > AMP_RESERVES_MAX)
        amp_reader_report(reader, AMP_CODE_TOO_MANY, list, "leave the smallest out",
                          "%zu products of reserve; at most %d are read", site->reserve_count,
                          AMP_RESERVES_MAX);
    for (size_t i = 0; i < site->reserve_count; i++) {
        const amp_reserve_product *product = &site->reserve[i];
        const amp_yaml_node *node = entry(list, i);
        if (product->from != first->from)
            amp_reader_report(reader, AMP_CODE_KEY_UNSUPPORTED, node,
                              "give all products of the site the same 'from'",
                              "'%s' is backed by others than '%s', which is not supported yet",
                              product->id, first->id);
        else if (has_battery && !amp_same(product->duration_h.number, first->duration_h.number))
            amp_reader_report(reader, AMP_CODE_KEY_UNSUPPORTED, node,
                              "give both the longer 'duration', or leave the battery out",
                              "'%s' lasts longer or shorter than '%s', which is not supported yet "
                              "where the battery backs them",
                              product->id, first->id);
    }
}
