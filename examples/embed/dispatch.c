/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatches a portfolio through the library and prints the first intervals of every site. Build:
 *     cc dispatch.c $(pkg-config --cflags --libs ampacity) -o dispatch */
#include <ampacity.h>
#include <stdio.h>

static void print_site(const amp_study *study, const amp_result *result, size_t site)
{
    const double *import = amp_result_series(result, site, AMP_SERIES_IMPORT_MW);
    const double *price = amp_result_series(result, site, AMP_SERIES_INTERNAL_PRICE_USD_PER_MWH);

    for (size_t t = 0; t < 3 && t < amp_study_interval_count(study); t++)
        printf("%s at %lld: import %.1f MW; one more MW is worth %.2f USD/MWh\n",
               amp_study_site_id(study, site), (long long)amp_study_time_unix_s(study, t),
               import[t], price[t]);
}

static void print_messages(amp_messages *messages)
{
    for (size_t i = 0; i < amp_messages_count(messages); i++) {
        const amp_message m = amp_messages_get(messages, i);
        if (m.line > 0)
            fprintf(stderr, "%s:%u: ", m.file, (unsigned)m.line);
        fprintf(stderr, "%s%s%s\n", m.message, m.advice[0] != '\0' ? "; " : "", m.advice);
    }
    amp_messages_free(messages);
}

int main(int argc, char **argv)
{
    amp_messages *messages = NULL;
    amp_study *study = NULL;
    amp_result *result = NULL;
    amp_status status = amp_study_load(argc > 1 ? argv[1] : "portfolio.yaml", &study, &messages);

    print_messages(messages);
    if (status == AMP_OK) {
        status = amp_study_dispatch(study, &result, &messages);
        print_messages(messages);
    }
    for (size_t i = 0; status == AMP_OK && i < amp_study_site_count(study); i++)
        print_site(study, result, i);
    if (status == AMP_OK)
        printf("the schedule earns %.2f USD, and no schedule earns more than %.2f USD\n",
               amp_result_objective_usd(result), amp_result_bound_usd(result));
    else
        fprintf(stderr, "%s\n", amp_status_text(status));
    amp_result_free(result);
    amp_study_free(study);
    return status == AMP_OK ? 0 : 1;
}
