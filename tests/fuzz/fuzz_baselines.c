/* fuzz_baselines.c - a list of classifiers and grids in the form of Fashion-MNIST's benchmark, and the plan
 * that it makes. */
#include "fuzz.h"
#include <shortlist/experiment.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct sl_error err = {0};
    struct sl_experiment *experiment = NULL;
    FUZZ_MUST(!sl_experiment_new("fuzz", &experiment, &err));
    int code = sl_experiment_baselines(experiment, fuzz_file("x.json", bytes, n), &err);
    FUZZ_MUST(!code || *err.text);
    sl_experiment_free(experiment);
    return 0;
}
