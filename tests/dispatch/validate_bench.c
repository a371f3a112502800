/* SPDX-License-Identifier: Apache-2.0 */
#include "validate_bench.h"

#include <string.h>

enum { TEXT_BYTES = 4096 };

void bench_read(bench *b, const char *portfolio, const char *from, const char *to)
{
    char text[TEXT_BYTES];
    const char *found = from == NULL ? NULL : strstr(portfolio, from);
    assert_true(from == NULL || found != NULL);
    if (found == NULL)
        (void)snprintf(text, sizeof text, "%s", portfolio);
    else
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(found - portfolio), portfolio, to,
                       found + strlen(from));
    assert_true(strlen(text) + 1 < sizeof text);
    memset(b, 0, sizeof *b);
    b->diagnostics = amp_diagnostics_new();
    b->arena = amp_arena_new((size_t)1 << 20);
    assert_true(b->diagnostics != NULL && b->arena != NULL);
    assert_int_equal(
        amp_portfolio_parse(text, strlen(text), "hand.yaml", NULL, b->diagnostics, &b->portfolio),
        AMP_OK);
    assert_int_equal(amp_market_load(b->portfolio, b->diagnostics, &b->market), AMP_OK);
    assert_int_equal(
        amp_site_problem_build(b->portfolio, 0, b->market, b->arena, b->diagnostics, &b->problem),
        AMP_OK);
}

void bench_close(bench *b)
{
    amp_market_free(b->market);
    amp_portfolio_free(b->portfolio);
    amp_arena_free(b->arena);
    amp_diagnostics_free(b->diagnostics);
}

amp_settled_schedule bench_settled(const bench *b, const amp_accounts *accounts)
{
    return (amp_settled_schedule){.portfolio = b->portfolio,
                                  .market = b->market,
                                  .order = &b->problem,
                                  .schedule = &b->schedule,
                                  .accounts = accounts};
}

amp_violation bench_expect(bench *b, const amp_accounts *accounts, const char *want)
{
    amp_violation off = {.balance_mw = -1.0};
    golden_capture said;
    const size_t before = amp_diagnostics_count(b->diagnostics);
    const amp_settled_schedule settled = bench_settled(b, accounts);
    const amp_status status = amp_schedule_validate(&settled, b->diagnostics, &off);
    golden_capture_open(&said);
    for (size_t i = before; i < amp_diagnostics_count(b->diagnostics); i++) {
        const amp_diagnostic *finding = amp_diagnostics_get(b->diagnostics, i);
        assert_int_equal(finding->code, AMP_CODE_SCHEDULE_INVALID);
        assert_int_equal(finding->severity, AMP_SEVERITY_ERROR);
        assert_int_equal(finding->place.line, 7);
        (void)fprintf(said.file, "%s\n", finding->message);
    }
    assert_golden(golden_capture_text(&said), want);
    golden_capture_free(&said);
    assert_int_equal(status, *want == '\0' ? AMP_OK : AMP_INTERNAL);
    return off;
}

void bench_break(bench *b, const broken *c)
{
    for (size_t k = 0; k < EDITS_MAX; k++)
        b->number[c->edit[k].array][c->edit[k].t] += c->edit[k].by;
    amp_accounts accounts = amp_accounts_settle(&b->problem, &b->schedule);
    assert_int_equal(amp_accounts_add_fixed(b->portfolio, 0, b->market, &accounts), AMP_OK);
    (void)bench_expect(b, &accounts, c->want);
}

void bench_add_at(amp_accounts *accounts, size_t offset, double by)
{
    double number = 0.0;
    memcpy(&number, (char *)accounts + offset, sizeof number);
    number += by;
    memcpy((char *)accounts + offset, &number, sizeof number);
}
