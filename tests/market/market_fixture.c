/* SPDX-License-Identifier: Apache-2.0 */
#include "market_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int market_fixture_set_up(void **state)
{
    market_fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = golden_folder_new();
    assert_non_null(getcwd(f->home, sizeof f->home));
    assert_int_equal(chdir(golden_path(f->folder, "")), 0);
    *state = f;
    return 0;
}

static void forget(market_fixture *f)
{
    amp_market_free(f->market);
    amp_portfolio_free(f->portfolio);
    amp_diagnostics_free(f->diagnostics);
    golden_capture_free(&f->capture);
    f->market = NULL;
    f->portfolio = NULL;
    f->diagnostics = NULL;
}

int market_fixture_tear_down(void **state)
{
    market_fixture *f = *state;
    forget(f);
    assert_int_equal(chdir(f->home), 0);
    golden_folder_free(f->folder);
    free(f);
    return 0;
}

const char *market_fixture_load(market_fixture *f, const char *text)
{
    forget(f);
    golden_capture_open(&f->capture);
    f->diagnostics = amp_diagnostics_new();
    f->status = amp_portfolio_parse(text, strlen(text), "portfolio.yaml", NULL, f->diagnostics,
                                    &f->portfolio);
    if (f->status == AMP_OK)
        f->status = amp_market_load(f->portfolio, f->diagnostics, &f->market);
    for (size_t i = 0; i < amp_diagnostics_count(f->diagnostics); i++)
        amp_diagnostic_print(amp_diagnostics_get(f->diagnostics, i), false, f->capture.file);
    return golden_capture_text(&f->capture);
}
