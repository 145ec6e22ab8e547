/* test_groups.c - trials that are fitted together: what is done is kept, whatever becomes of the group, and
 * what is not is fitted by itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <shortlist/classifier.h>
#include <shortlist/run.h>
#include <shortlist/study.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "groups-XXXXXX";
static char out[64], log_path[96];
static int runs;

/* The double ---------------------------------------------------------------------------------------*/

enum fate { WELL, CRASHES, HANGS, LEAVES, ONE_FAILS, OTHERS_FAIL, WAITS, TWICE };

struct config {
    int shift, fate;
};
static const struct sl_word fates[] = {
    {"well", WELL},     {"crashes", CRASHES},     {"hangs", HANGS},
    {"leaves", LEAVES}, {"one_fails", ONE_FAILS}, {"others_fail", OTHERS_FAIL},
    {"waits", WAITS},   {"twice", TWICE},         {NULL, 0}};
static const struct sl_param params[] = {
    SL_INT_PARAM("shift", struct config, shift, "0", 0, 9, SL_SHARED, NULL, "classes"),
    SL_CHOICE_PARAM("fate", struct config, fate, "well", fates, NULL,
                    "what becomes of a group at its third member"),
    {0}};

/* Each fit by itself leaves an 's', each group a 'g'. */
static void note(char what)
{
    int fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT, 0666);
    assert_int_equal(write(fd, &what, 1), 1);
    close(fd);
}

/* A model is one int: row i is given the class (bytes of row i + shift) mod k. */
static int *model_of(int shift)
{
    int *model = malloc(sizeof *model);
    *model = shift;
    return model;
}

static int predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                   struct sl_error *err)
{
    const unsigned char *bytes = x->x;
    (void)threads, (void)err;
    for (size_t i = 0; i < x->n; i++) {
        unsigned sum = (unsigned)*(const int *)model;
        for (size_t j = 0; j < x->d; j++)
            sum += bytes[i * x->d + j];
        labels[i] = (int32_t)(sum % (unsigned)x->k);
    }
    return SL_OK;
}
static void save(const void *model, struct sl_writer *w)
{
    sl_put_i32(w, *(const int *)model);
}
static int load_model(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                      struct sl_error *err)
{
    (void)like, (void)config, (void)err;
    *model = model_of(sl_get_i32(r));
    return SL_OK;
}

static int single_fit(const struct sl_fit *fit, void **model, struct sl_error *err)
{
    const struct config *config = fit->config;
    (void)err;
    note('s');
    *model = model_of(config->shift);
    return SL_OK;
}

static int third_member(const struct sl_group *group, enum fate fate, struct sl_error *err)
{
    switch (fate) {
    case CRASHES:
        raise(SIGSEGV);
        break;
    case HANGS:
        while (!getenv("MAY_END"))
            usleep(1000);
        break;
    case LEAVES:
        _exit(0);
    case OTHERS_FAIL:
        return sl_fail(err, SL_EINTERNAL, "the shared matrix is singular");
    case WAITS:
        while (!*group->cancel)
            usleep(1000);
        return sl_fail(err, SL_ECANCELLED, "cancelled");
    default:
        break;
    }
    return SL_OK;
}

static int group_fit(const struct sl_group *group, struct sl_error *err)
{
    int code = SL_OK;
    note('g');
    for (size_t m = 0; m < group->n_members && !code; m++) {
        const struct config *config = group->members[m].config;
        struct sl_member_result result = {.member = m, .report = SL_NO_REPORT, .fit = {0.25, 0.25}};
        if (m == 2)
            code = third_member(group, config->fate, err);
        if (code)
            break;
        if (m == 2 && config->fate == ONE_FAILS)
            result.report.objective = INFINITY;
        if (m == 3 && config->fate == TWICE)
            result.member = 1;
        result.model = model_of(config->shift);
        code = group->done(group->arg, &result);
    }
    return code;
}

static int shares(const void *config, const struct sl_view *view)
{
    (void)view;
    return ((const struct config *)config)->shift < 8;
}

static const struct sl_classifier_type together = {
    .name = "together",
    .title = "together",
    .reference = "a test double",
    .config_size = sizeof(struct config),
    .params = params,
    .fit = single_fit,
    .fit_group = group_fit,
    .shares = shares,
    .predict = predict,
    .save = save,
    .load = load_model,
    .free = free,
};

/* Runs ---------------------------------------------------------------------------------------------*/

static int set_up(void **state)
{
    (void)state;
    return !mkdtemp(folder) || sl_classifier_register(&together, NULL);
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void new_store(void)
{
    snprintf(out, sizeof out, "%s/out-%d", folder, runs);
    snprintf(log_path, sizeof log_path, "%s/log-%d", folder, runs++);
}

static void check_log(const char *expected)
{
    char text[64] = "";
    FILE *file = fopen(log_path, "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[n] = 0;
    if (file)
        fclose(file);
    assert_string_equal(text, expected);
}

static struct sl_experiment *experiment(const char *fate)
{
    struct sl_experiment *e;
    struct sl_error err = {0};
    char fate_is[32];
    snprintf(fate_is, sizeof fate_is, "fate=%s", fate);
    const char *assignments[] = {"shift=0,1,2,3,4,5", fate_is, NULL};
    assert_int_equal(sl_experiment_new("groups", &e, &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "data", "synthetic:200", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "train", "100", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "validation", "50", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "timing_runs", "1", &err), SL_OK); /* fits are counted */
    if (sl_experiment_add(e, "together", assignments, &err))
        fail_msg("%s", err.text);
    return e;
}

static struct sl_run_summary run_with(const struct sl_experiment *e, const struct sl_run_options *o)
{
    struct sl_run_summary summary;
    struct sl_error err = {0};
    if (sl_run(e, o, &summary, &err))
        fail_msg("%s", err.text);
    return summary;
}

static struct sl_run_options options(void)
{
    return (struct sl_run_options){.out = out, .threads = 1};
}

static struct sl_study *load(void)
{
    struct sl_study *study;
    struct sl_error err = {0};
    if (sl_study_load(out, NULL, &study, &err))
        fail_msg("%s", err.text);
    return study;
}

/* The labels of all rows are those of separate fits. */
static void check_labels(const struct sl_study *study)
{
    char together_out[64];
    struct sl_experiment *e = experiment("well");
    struct sl_run_options o = options();
    memcpy(together_out, out, sizeof out);
    new_store();
    o.out = out;
    o.separate = 1;
    run_with(e, &o);
    check_log("ssssss");
    struct sl_study *separate = load();
    for (size_t r = 0; r < study->n_rows; r++) {
        const struct sl_outcome *a = &study->rows[r].outcomes[0], *b = &separate->rows[r].outcomes[0];
        assert_int_equal(b->status, SL_TRIAL_OK);
        assert_int_equal(a->model_bytes, a->predicted ? b->model_bytes : a->model_bytes);
        if (a->predicted)
            assert_memory_equal(a->predicted, b->predicted, a->n_validation * sizeof *a->predicted);
    }
    sl_study_free(separate);
    sl_experiment_free(e);
    memcpy(out, together_out, sizeof out);
}

/* Runs six trials of that fate; log: which fits there were. */
static void check(const char *fate, const char *log, size_t failed, struct sl_run_options o)
{
    struct sl_experiment *e = experiment(fate);
    struct sl_run_summary s = run_with(e, &o);
    assert_int_equal(s.run, 6);
    assert_int_equal(s.failed, failed);
    check_log(log);
    struct sl_study *study = load();
    for (size_t r = 0; r < 6; r++)
        assert_true(study->rows[r].outcomes[0].status == SL_TRIAL_OK || failed);
    s = run_with(e, &o);
    assert_int_equal(s.held, 6);
    check_log(log);
    check_labels(study);
    sl_study_free(study);
    sl_experiment_free(e);
}

static void a_group_is_one_fit(void **state)
{
    (void)state;
    new_store();
    check("well", "g", 0, options());
}

static void a_crash_loses_what_was_not_sent(void **state)
{
    (void)state;
    new_store();
    check("crashes", "gssss", 0, options());
    new_store();
    check("leaves", "gssss", 0, options());
    new_store();
    check("others_fail", "gssss", 0, options());
    new_store();
    check("twice", "gsss", 0, options()); /* an outcome that comes again is not believed */
}

static void a_member_that_fails_is_its_own_row(void **state)
{
    (void)state;
    new_store();
    check("one_fails", "g", 1, options());
    struct sl_study *study = load();
    assert_int_equal(study->rows[2].outcomes[0].status, SL_TRIAL_DIVERGED);
    assert_non_null(strstr(study->rows[2].outcomes[0].reason, "not finite"));
    sl_study_free(study);
}

static void a_group_that_hangs_meets_its_limit(void **state)
{
    struct sl_run_options o = options();
    (void)state;
    new_store();
    o.out = out;
    o.time_limit = 1;
    check("hangs", "gssss", 0, o);
}

static void models_are_saved_by_fits_of_their_own(void **state)
{
    struct sl_run_options o = options();
    (void)state;
    new_store();
    o.out = out;
    o.save_models = 1;
    check("well", "ssssss", 0, o);
}

/* Cancelled once two outcomes are stored. */
static volatile sig_atomic_t cancel;

static void cancel_after_two(void *arg, const struct sl_progress *progress)
{
    (void)arg;
    if (progress->outcome && progress->done == 2)
        cancel = 1;
}

static void what_was_done_before_ctrl_c_is_kept(void **state)
{
    struct sl_run_options o = options();
    (void)state;
    new_store();
    struct sl_experiment *e = experiment("waits");
    o.out = out;
    cancel = 0;
    o.cancel = &cancel;
    o.progress = cancel_after_two;
    struct sl_run_summary s = run_with(e, &o);
    assert_int_equal(s.run, 2);
    assert_true(s.interrupted);
    check_log("g");
    o.cancel = NULL;
    o.separate = 1;
    s = run_with(e, &o);
    assert_int_equal(s.held, 2);
    assert_int_equal(s.run, 4);
    check_log("gssss");
    sl_experiment_free(e);
}

static void members_differ_in_what_is_marked_only(void **state)
{
    struct sl_run_options o = options();
    struct sl_error err = {0};
    struct sl_experiment *e;
    const char *assignments[] = {"shift=0,1,7,8,9", "fate=well,one_fails", NULL};
    (void)state;
    new_store();
    o.out = out;
    assert_int_equal(sl_experiment_new("groups", &e, &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "data", "synthetic:200", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "train", "100", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "folds", "3", &err), SL_OK);
    assert_int_equal(sl_experiment_add(e, "together", assignments, &err), SL_OK);
    assert_int_equal(run_with(e, &o).run, 30);
    /* Two groups, each of 3 shifts and 3 folds, in which one member fails; shifts 8 and 9 do not share. */
    char text[64] = "";
    FILE *file = fopen(log_path, "r");
    size_t n = fread(text, 1, sizeof text - 1, file), groups = 0;
    fclose(file);
    for (size_t i = 0; i < n; i++)
        groups += text[i] == 'g';
    assert_int_equal(groups, 2);
    assert_int_equal(n, 2 + 12);
    sl_experiment_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_one_fit),
        cmocka_unit_test(a_crash_loses_what_was_not_sent),
        cmocka_unit_test(a_member_that_fails_is_its_own_row),
        cmocka_unit_test(a_group_that_hangs_meets_its_limit),
        cmocka_unit_test(models_are_saved_by_fits_of_their_own),
        cmocka_unit_test(what_was_done_before_ctrl_c_is_kept),
        cmocka_unit_test(members_differ_in_what_is_marked_only),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
