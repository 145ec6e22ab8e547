/* execution_models.c - the files of the models that a run keeps: what they are called, and which are there.
 */
#include "core/memory.h"
#include "core/text.h"
#include "study/execution.h"
#include "study/experiment.h"
#include <shortlist/model.h>
#include <unistd.h>

const char *sl_execution_model_file(const struct sl_execution *run, size_t trial)
{
    const struct sl_trial *t = &run->plan->trials[trial];
    return run->files && t->repeat == 0 ? run->files[t->row] : NULL;
}

char *sl_execution_model_path(const struct sl_execution *run, const char *file)
{
    return sl_format("%s/%s/models/%s", run->out, sl_experiment_name(run->experiment), file);
}

/* A model without a temperature, of a classifier that has probabilities, is not what was asked for. */
static int wants_temperature(const struct sl_execution *run, size_t trial, const char *path, int *wants,
                             struct sl_error *err)
{
    struct sl_model *model = NULL;
    *wants = 0;
    if (!run->options->calibrate || !(run->plan->trials[trial].type->flags & SL_PROBABILITIES))
        return SL_OK;
    int code = sl_model_load(path, &model, err);
    *wants = code || sl_model_temperature(model) == 1;
    sl_model_free(model);
    return code == SL_ENOMEM ? code : SL_OK;
}

int sl_execution_look_for_model(struct sl_execution *run, size_t trial, int *has)
{
    const char *file = sl_execution_model_file(run, trial);
    *has = 1;
    if (!file)
        return SL_OK;
    char *path = sl_execution_model_path(run, file);
    if (!path)
        return sl_fail_memory(run->err);
    int exists = access(path, R_OK) == 0, wants = 0;
    int code = exists ? wants_temperature(run, trial, path, &wants, run->err) : SL_OK;
    free(path);
    *has = 0;
    if (code || !exists || wants)
        return code;
    return sl_store_has_model(run->db, sl_experiment_name(run->experiment), file, run->keys[trial], has,
                              run->err);
}
