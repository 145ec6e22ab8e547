/* test_warm_up.c - what a classifier brings up before a fit is there when the fit begins, once in each
 * process, and counts for none of the trial's figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <shortlist/classifier.h>
#include <shortlist/run.h>
#include <shortlist/study.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The double: it warms up by taking memory, which a probe that is at work would see. */

enum { LIBRARY = 64 << 20 }; /* bytes */

struct config {
    int shift;
};
static const struct sl_param params[] = {
    SL_INT_PARAM("shift", struct config, shift, "0", 0, 9, SL_SHARED, NULL, "classes"), {0}};

static char *library;
static int warm_ups, fits;

static void warm_up(const void *config, const struct sl_view *view)
{
    (void)config;
    warm_ups++;
    library = malloc(LIBRARY);
    if (library && view->n > 0 && view->d > 0 && view->x == NULL)
        memset(library, 1, LIBRARY);
}

static int is_warm(struct sl_error *err)
{
    (void)err;
    return warm_ups == 1 && fits++ == 0 && library && library[LIBRARY - 1] == 1;
}

static void *model_of(const void *config)
{
    int *model = malloc(sizeof *model);
    *model = ((const struct config *)config)->shift;
    return model;
}

static int fit_alone(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    *model = is_warm(err) ? model_of(fit->config) : NULL;
    return *model ? SL_OK : SL_EINTERNAL;
}

static int fit_group(const struct sl_group *group, struct sl_error *err)
{
    int code = is_warm(err) ? SL_OK : SL_EINTERNAL;
    for (size_t m = 0; m < group->n_members && !code; m++) {
        const struct sl_member_result result = {.member = m,
                                                .model = model_of(group->members[m].config),
                                                .report = {.n_iter = -1, .converged = -1}};
        code = group->done(group->arg, &result);
    }
    return code;
}

static int shares(const void *config, const struct sl_view *view)
{
    (void)config, (void)view;
    return 1;
}

static int predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                   struct sl_error *err)
{
    (void)threads, (void)err;
    for (size_t i = 0; i < x->n; i++)
        labels[i] = *(const int *)model % x->k;
    return SL_OK;
}

static void save(const void *model, struct sl_writer *w)
{
    sl_put_i32(w, *(const int *)model);
}

static int load(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                struct sl_error *err)
{
    (void)r, (void)like, (void)err;
    *model = model_of(config);
    return SL_OK;
}

static const struct sl_classifier_type type = {
    .name = "cold",
    .title = "a classifier that warms up",
    .reference = "a test double",
    .config_size = sizeof(struct config),
    .params = params,
    .warm_up = warm_up,
    .fit = fit_alone,
    .fit_group = fit_group,
    .shares = shares,
    .predict = predict,
    .save = save,
    .load = load,
    .free = free,
};

/* Runs rows of it; in one process where they share their work. */
static void check(const char *out, const char *values, int separate, size_t rows)
{
    const char *settings[] = {values, NULL};
    const struct sl_run_options options = {.out = out, .threads = 2, .separate = separate};
    struct sl_experiment *e;
    struct sl_run_summary summary;
    struct sl_study *study;
    struct sl_error err = {0};
    assert_int_equal(sl_experiment_new("warm", &e, &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "data", "synthetic:200", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "timing_runs", "1", &err), SL_OK); /* fits are counted */
    assert_int_equal(sl_experiment_add(e, "cold", settings, &err), SL_OK);
    if (sl_run(e, &options, &summary, &err))
        fail_msg("%s", err.text);
    assert_int_equal(sl_study_load(out, NULL, &study, &err), SL_OK);
    assert_int_equal(study->n_rows, rows);
    for (size_t r = 0; r < rows; r++) {
        const struct sl_outcome *o = &study->rows[r].outcomes[0];
        assert_int_equal(o->status, SL_TRIAL_OK);
        assert_int_equal(o->group, separate || rows == 1 ? -1 : (int)rows);
        assert_true(o->peak_memory < LIBRARY / 2);
    }
    sl_study_free(study);
    sl_experiment_free(e);
    assert_int_equal(warm_ups, 0); /* nor in the parent */
}

static void alone(void **state)
{
    (void)state;
    check("warm-alone", "shift=1", 0, 1);
    check("warm-separate", "shift=1,2,3", 1, 3);
}

static void together(void **state)
{
    (void)state;
    check("warm-group", "shift=1,2,3", 0, 3);
}

static int set_up(void **state)
{
    static char folder[] = "warm-up-XXXXXX";
    *state = folder;
    return !mkdtemp(folder) || chdir(folder) || sl_classifier_register(&type, NULL);
}

static int tear_down(void **state)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r ../%s", (char *)*state);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(alone), cmocka_unit_test(together)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
