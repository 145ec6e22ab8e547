/* fuzz_experiment.c - an experiment file, and the plan that it makes for a small data set. */
#include "fuzz.h"
#include <shortlist/plan.h>

static struct sl_dataset *small_data(void)
{
    static struct sl_dataset *data;
    struct sl_read_options options = {0};
    struct sl_error err;
    FUZZ_MUST(data || !sl_dataset_open("synthetic:60", SL_PART_TRAIN, &options, &data, &err));
    return data;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct sl_error err = {0};
    struct sl_experiment *experiment = NULL;
    int code = sl_experiment_open(fuzz_file("x.yaml", bytes, n), &experiment, &err);
    FUZZ_MUST(!code || *err.text);
    if (code)
        return 0;
    struct sl_plan *plan = NULL;
    code = sl_experiment_set(experiment, "data", "synthetic:60", &err);
    if (!code)
        code = sl_plan_make(experiment, small_data(), &plan, &err);
    FUZZ_MUST(!code || *err.text);
    if (!code) {
        FUZZ_MUST(plan->n_trials >= plan->n_rows);
        sl_plan_free(plan);
    }
    sl_experiment_free(experiment);
    return 0;
}
