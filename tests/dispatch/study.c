/* SPDX-License-Identifier: Apache-2.0 */
#include "study.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 20 };

const char *study_findings(study *s)
{
    golden_capture capture;
    const char *text = NULL;

    golden_capture_open(&capture);
    for (size_t i = 0; i < amp_diagnostics_count(s->diagnostics); i++) {
        const amp_diagnostic *d = amp_diagnostics_get(s->diagnostics, i);

        (void)fprintf(capture.file, "%s %s at %u, %s: %s | %s\n",
                      d->severity == AMP_SEVERITY_ERROR ? "error" : "warning", amp_code_id(d->code),
                      (unsigned)d->place.line, d->key, d->message, d->advice);
    }
    text = golden_capture_text(&capture);
    text = golden_read(s->folder, golden_write(s->folder, "findings.txt", text));
    golden_capture_free(&capture);
    return text;
}

static void must(study *s, amp_status status)
{
    if (status != AMP_OK)
        fail_msg("%s\n%s", amp_status_text(status), study_findings(s));
}

study study_open(const char *yaml, const char *csv)
{
    study s = {.folder = golden_folder_new(),
               .diagnostics = amp_diagnostics_new(),
               .arena = amp_arena_new(ARENA_BYTES)};

    assert_non_null(s.diagnostics);
    assert_non_null(s.arena);
    if (csv != NULL)
        (void)golden_write(s.folder, "series.csv", csv);
    s.path = golden_write(s.folder, "portfolio.yaml", yaml);
    must(&s, amp_portfolio_load(s.path, NULL, s.diagnostics, &s.portfolio));
    must(&s, amp_market_load(s.portfolio, s.diagnostics, &s.market));
    return s;
}

void study_close(study *s)
{
    amp_market_free(s->market);
    amp_portfolio_free(s->portfolio);
    amp_arena_free(s->arena);
    amp_diagnostics_free(s->diagnostics);
    golden_folder_free(s->folder);
}

amp_site_problem study_problem(study *s, size_t site)
{
    amp_site_problem problem = {0};

    must(s,
         amp_site_problem_build(s->portfolio, site, s->market, s->arena, s->diagnostics, &problem));
    return problem;
}

amp_status study_problem_status(study *s, size_t site)
{
    amp_site_problem problem = {0};

    return amp_site_problem_build(s->portfolio, site, s->market, s->arena, s->diagnostics,
                                  &problem);
}

amp_answer *study_answer(study *s, const amp_answer_options *options)
{
    amp_answer *answer = NULL;

    must(s, amp_answer_make(s->portfolio, s->market, options, s->diagnostics, &answer));
    return answer;
}
