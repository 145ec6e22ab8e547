/* fuzz_params.c - values of a hyperparameter as a person writes them.  The first byte chooses the classifier,
 * the second its hyperparameter, the rest is the text.  What is accepted is printed, and is then accepted
 * again as the same value. */
#include "fuzz.h"
#include <shortlist/classifier.h>
#include <stdlib.h>
#include <string.h>

static void check_value(const struct sl_param *table, const struct sl_param *param, void *config, void *again,
                        const char *text)
{
    struct sl_error err = {0};
    char printed[SL_TEXT_MAX + 64];
    FUZZ_MUST(!sl_config_set(table, config, param->name, text, &err));
    sl_param_print(param, config, printed, sizeof printed);
    FUZZ_MUST(!sl_config_set(table, again, param->name, printed, &err));
    FUZZ_MUST(sl_param_equal(param, config, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2)
        return 0;
    const struct sl_classifier_type *type = sl_classifier_at(bytes[0] % sl_classifier_count());
    size_t n_params = 0;
    while (type->params[n_params].name)
        n_params++;
    if (!n_params)
        return 0;
    const struct sl_param *param = &type->params[bytes[1] % n_params];
    char *text = strndup((const char *)bytes + 2, n - 2);
    void *config = calloc(2, type->config_size);
    FUZZ_MUST(text && config);
    void *again = (char *)config + type->config_size;
    sl_config_default(type->params, config);
    sl_config_default(type->params, again);
    struct sl_error err = {0};
    struct sl_values values = {0};
    int code = sl_values_parse(param, text, &values, &err);
    FUZZ_MUST(!code || *err.text);
    for (size_t i = 0; i < values.n && !code && i < 20; i++)
        check_value(type->params, param, config, again, values.text[i]);
    sl_values_free(&values);
    free(config);
    free(text);
    return 0;
}
