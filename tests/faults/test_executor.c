/* test_executor.c - a trial that misbehaves costs its own row only; what is killed can be run again. */
#include "faults/studies.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <shortlist/model.h>
#include <sys/wait.h>

/* Failures ---------------------------------------------------------------------------------------- */

static void check_row(const struct sl_study *study, const char *name, enum sl_trial_status status,
                      const char *words)
{
    for (size_t r = 0; r < study->n_rows; r++) {
        if (strcmp(study->rows[r].name, name) != 0)
            continue;
        const struct sl_outcome *o = &study->rows[r].outcomes[0];
        if (o->status != status || !strstr(o->reason, words))
            fail_msg("%s: %s: '%s'; wanted %s: '%s'", name, sl_trial_status_name(o->status), o->reason,
                     sl_trial_status_name(status), words);
        assert_int_equal(o->predicted != NULL, status == SL_TRIAL_OK);
        assert_int_equal(o->n_validation, 50);
        return;
    }
    fail_msg("no row %s", name);
}

static void each_failure_costs_its_row(void **state)
{
    (void)state;
    struct sl_experiment *e =
        experiment("well; segv; null; exits; leaves; error; diverge; vandal; closer; liar; "
                   "well shift=1");
    struct sl_run_options o = options();
    struct sl_run_summary s = run_with(e, &o);
    assert_int_equal(s.trials, 11);
    assert_int_equal(s.run, 11);
    assert_int_equal(s.failed, 9);
    struct sl_study *study = load();
    check_row(study, "well", SL_TRIAL_OK, "");
    check_row(study, "well shift=1", SL_TRIAL_OK, "");
    check_row(study, "segv", SL_TRIAL_CRASHED, "killed by signal 11 (Segmentation fault)");
    check_row(study, "null", SL_TRIAL_CRASHED, "killed by signal 11 (Segmentation fault)");
    check_row(study, "exits", SL_TRIAL_FAILED,
              "exited with status 3 before it was done: the library says: cannot go on");
    check_row(study, "leaves", SL_TRIAL_FAILED, "exited with status 0 before it was done");
    check_row(study, "error", SL_TRIAL_FAILED, "error: the matrix is singular");
    check_row(study, "diverge", SL_TRIAL_DIVERGED, "not finite");
    check_row(study, "vandal", SL_TRIAL_CRASHED, "damaged");
    check_row(study, "closer", SL_TRIAL_CRASHED, "killed");
    check_row(study, "liar", SL_TRIAL_CRASHED, "damaged");
    /* What it reported before it fell is kept. */
    assert_int_equal(study->rows[1].outcomes[0].n_curve, 1);
    assert_true(study->rows[1].outcomes[0].curve[0].train_loss == 0.5);
    assert_int_equal(study->rows[0].outcomes[0].n_curve, 3);
    assert_true(isnan(study->rows[1].outcomes[0].fit_time));
    sl_study_free(study);
    sl_experiment_free(e);
}

static void the_time_limit_ends_a_trial(void **state)
{
    (void)state;
    struct sl_experiment *first = experiment("well"), *e = experiment("forever; well");
    struct sl_run_options o = options();
    run_with(first, &o); /* without a limit: however slow the machine is, this one ends well */
    o.time_limit = 1;
    struct sl_run_summary s = run_with(e, &o);
    assert_int_equal(s.run, 1);
    assert_int_equal(s.failed, 1);
    sl_experiment_free(first);
    struct sl_study *study = load();
    check_row(study, "forever", SL_TRIAL_TIMEOUT, "time limit of 1 s");
    check_row(study, "well", SL_TRIAL_OK, "");
    sl_study_free(study);
    sl_experiment_free(e);
}

/* Runs the experiment's trials with so many timing runs; how many were run now. */
static size_t time_rows(const char *rows, const char *timing_runs, double time_limit)
{
    struct sl_experiment *e = experiment(rows);
    struct sl_run_options o = options();
    o.time_limit = time_limit;
    assert_int_equal(sl_experiment_set(e, "timing_runs", timing_runs, NULL), SL_OK);
    size_t run = run_with(e, &o).run;
    sl_experiment_free(e);
    return run;
}

static void timing_runs_do_the_same_work(void **state)
{
    (void)state;
    assert_int_equal(time_rows("well; fickle; moody", "3", 0), 3);
    struct sl_study *study = load();
    check_row(study, "fickle", SL_TRIAL_FAILED,
              "timing run 1: fickle: other predictions than those of the first run");
    check_row(study, "moody", SL_TRIAL_FAILED,
              "timing run 2: moody: other predictions than those of the first run");
    const struct sl_outcome *well = &study->rows[0].outcomes[0];
    assert_int_equal(well->status, SL_TRIAL_OK);
    assert_int_equal(well->fit_runs, 3);
    assert_int_equal(well->score_runs, 3);
    assert_int_equal(well->n_curve, 3); /* the first fit's alone */
    assert_true(well->fit_time_min <= well->fit_time && well->fit_time <= well->fit_time_max);
    assert_true(well->fit_time_min <= well->fit_time_mean && well->fit_time_mean <= well->fit_time_max);
    assert_true(well->fit_time_std >= 0 && well->score_time_std >= 0 && well->latency > 0);
    assert_int_equal(study->timing_runs, 3);
    sl_study_free(study);
}

/* The number of runs is no part of a trial's key. */
static void more_timing_runs_run_again(void **state)
{
    (void)state;
    static const struct {
        const char *asked;
        size_t run, fits;
    } steps[] = {{"1", 1, 1}, {"auto", 0, 0}, {"3", 1, 4},    {"3", 0, 0},
                 {"2", 0, 0}, {"1", 0, 0},    {"auto", 0, 0}, {"4", 1, 5}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        size_t before = count_fits();
        assert_int_equal(time_rows("well", steps[i].asked, 0), steps[i].run);
        assert_int_equal(count_fits() - before, steps[i].fits);
    }
}

/* All runs together take longer. */
static void the_time_limit_is_that_of_a_run(void **state)
{
    (void)state;
    assert_int_equal(time_rows("well slow=0.4", "4", 1.5), 1);
    struct sl_study *study = load();
    check_row(study, "well slow=0.4", SL_TRIAL_OK, "");
    assert_int_equal(study->rows[0].outcomes[0].fit_runs, 4);
    sl_study_free(study);
}

static void the_memory_limit_ends_a_trial(void **state)
{
    (void)state;
    struct sl_experiment *e = experiment("greedy; burst; well");
    struct sl_run_options o = options();
    o.memory_limit = 64 << 20;
    run_with(e, &o);
    struct sl_study *study = load();
    check_row(study, "greedy", SL_TRIAL_MEMORY, "memory limit of 64 MiB");
    check_row(study, "burst", SL_TRIAL_MEMORY, "64 MiB"); /* refused at once, or caught when it touches it */
    check_row(study, "well", SL_TRIAL_OK, "");
    sl_study_free(study);
    sl_experiment_free(e);
}

static void what_a_trial_prints_goes_nowhere(void **state)
{
    (void)state;
    char path[96], line[256];
    snprintf(path, sizeof path, "%s/stdout", folder);
    struct sl_experiment *e = experiment("chatty");
    struct sl_run_options o = options();
    fflush(stdout);
    int old_out = dup(1), old_err = dup(2), old_in = dup(0),
        fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    int input = open("/dev/zero", O_RDONLY);
    printf("buffered before the fork"); /* must come out once */
    dup2(fd, 1);
    dup2(fd, 2);
    dup2(input, 0);
    struct sl_run_summary s = run_with(e, &o);
    fflush(stdout);
    dup2(old_out, 1);
    dup2(old_err, 2);
    dup2(old_in, 0);
    close(old_out), close(old_err), close(old_in), close(input);
    assert_int_equal(s.failed, 0);
    ssize_t n = pread(fd, line, sizeof line - 1, 0);
    close(fd);
    assert_true(n >= 0);
    line[n] = 0;
    assert_string_equal(line, "buffered before the fork");
    sl_experiment_free(e);
}

/* Running again ----------------------------------------------------------------------------------- */

static void the_second_run_fits_nothing(void **state)
{
    (void)state;
    struct sl_experiment *e = experiment("well shift=1,2,3; error; majority"), *wider;
    struct sl_run_options o = options();
    struct sl_run_summary s = run_with(e, &o);
    assert_int_equal(s.run, 5);
    assert_int_equal(count_fits(), 4);
    s = run_with(e, &o);
    assert_int_equal(s.held, 5);
    assert_int_equal(s.run, 0);
    assert_int_equal(s.failed, 1);
    assert_int_equal(count_fits(), 4);
    /* More values, in another order, under the same name: what is there is used. */
    wider = experiment("majority; well shift=4,3,2,1");
    s = run_with(wider, &o);
    assert_int_equal(s.held, 4);
    assert_int_equal(s.run, 1);
    assert_int_equal(count_fits(), 5);
    o.retry = 1;
    s = run_with(e, &o);
    assert_int_equal(s.held, 4);
    assert_int_equal(s.run, 1); /* the failed one */
    struct sl_study *study = load();
    assert_int_equal(study->n_rows, 5);
    sl_study_free(study);
    sl_experiment_free(e);
    sl_experiment_free(wider);
}

static void equal_rows_are_fitted_once(void **state)
{
    (void)state;
    struct sl_experiment *e = experiment("well shift=1; well shift=1; error; error");
    struct sl_run_options o = options();
    struct sl_run_summary s = run_with(e, &o);
    assert_int_equal(s.run, 2);
    assert_int_equal(s.held, 2);
    assert_int_equal(count_fits(), 2);
    sl_experiment_free(e);
}

static void models_are_saved(void **state)
{
    (void)state;
    struct sl_experiment *e = experiment("well shift=1; error");
    struct sl_run_options o = options();
    struct sl_model *model;
    struct sl_error err = {0};
    char path[160];
    snprintf(path, sizeof path, "%s/faults/models/well-shift-1.slm", out);
    run_with(e, &o);
    assert_int_not_equal(access(path, F_OK), 0);
    o.save_models = 1;
    struct sl_run_summary s = run_with(e, &o);
    assert_int_equal(s.run, 1); /* held, but its model was not */
    if (sl_model_load(path, &model, &err))
        fail_msg("%s", err.text);
    assert_string_equal(sl_model_type(model)->name, "well");
    sl_model_free(model);
    s = run_with(e, &o);
    assert_int_equal(s.run, 0);
    /* The same file name for another trial: the old model does not pass for the new one's. */
    assert_int_equal(sl_experiment_set(e, "seed", "43", &err), SL_OK);
    o.save_models = 0;
    assert_int_equal(run_with(e, &o).run, 2);
    o.save_models = 1;
    assert_int_equal(run_with(e, &o).run, 1);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(run_with(e, &o).run, 1);
    assert_int_equal(sl_experiment_set(e, "folds", "2", &err), SL_OK);
    assert_int_equal(sl_run(e, &o, &s, &err), SL_EUSAGE);
    sl_experiment_free(e);
}

static void jobs_change_nothing(void **state)
{
    static const char rows[] = "well shift=1,2,3,4,5; majority; segv";
    struct sl_experiment *e = experiment(rows);
    struct sl_run_options o = options();
    assert_int_equal(sl_experiment_set(e, "folds", "3", NULL), SL_OK);
    assert_int_equal(sl_experiment_set(e, "repeats", "2", NULL), SL_OK);
    struct sl_run_summary s = run_with(e, &o);
    assert_int_equal(s.run, 7 * 6);
    struct sl_study *one = load();
    assert_int_equal(one->rows[0].n_outcomes, 6);
    assert_int_equal(one->rows[5].n_outcomes, 6); /* majority: other folds in each repeat */
    assert_ptr_equal(one->rows[5].outcomes[4].truth, one->rows[0].outcomes[4].truth);
    assert_ptr_not_equal(one->rows[5].outcomes[4].truth, one->rows[5].outcomes[1].truth);
    assert_int_equal(one->rows[0].outcomes[4].repeat, 1);
    assert_int_equal(one->rows[0].outcomes[4].fold, 1);
    assert_int_equal(one->rows[0].outcomes[0].shared, 0);
    new_store(state);
    o.jobs = 2;
    run_with(e, &o);
    struct sl_study *two = load();
    assert_int_equal(two->rows[0].outcomes[0].shared, 1);
    check_equal(one, two);
    sl_study_free(one);
    sl_study_free(two);
    sl_experiment_free(e);
}

/* Kills ------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t cancel;

/* At the n-th trial that begins or curve point that comes: kill the youngest child, or ourselves, or cancel.
 */
struct saboteur {
    int at, seen, victim; /* victim: 'c' child, 'p' parent, 'i' the cancel flag */
};

/* The process id of our only child. */
static pid_t only_child(void)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;
    pid_t found = 0;
    while ((entry = readdir(proc))) {
        char path[300], text[512] = "";
        long pid = strtol(entry->d_name, NULL, 10), parent = 0;
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        FILE *file = pid > 0 ? fopen(path, "r") : NULL;
        if (!file)
            continue;
        char *read = fgets(text, sizeof text, file), *end = read ? strrchr(text, ')') : NULL;
        fclose(file);
        if (end && sscanf(end + 1, " %*c %ld", &parent) == 1 && parent == getpid())
            found = (pid_t)pid;
    }
    closedir(proc);
    return found;
}

static void sabotage(void *arg, const struct sl_progress *progress)
{
    struct saboteur *s = arg;
    if (progress->outcome || s->seen++ != s->at)
        return;
    if (s->victim == 'c') {
        assert_int_equal(kill(only_child(), SIGKILL), 0); /* it is held */
        doubles_open_gate();                              /* for the others */
    } else if (s->victim == 'p')
        kill(getpid(), SIGKILL);
    else if (s->victim == 'i')
        cancel = 1;
}

static void a_killed_parent_loses_what_it_had_not_told(void **state)
{
    struct sl_study *whole = undisturbed(state, SLOW_ROWS);
    for (int at = 0; at < 10; at += 3) {
        new_store(state);
        struct sl_experiment *e = experiment(SLOW_ROWS);
        struct sl_run_options o = options();
        pid_t pid = fork();
        if (pid == 0) {
            struct saboteur s = {.at = at, .victim = 'p'};
            struct sl_run_summary summary;
            o.progress = sabotage;
            o.arg = &s;
            sl_run(e, &o, &summary, NULL);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        run_with(e, &o);
        /* Again: what was at work, and what had ended so lately that it was not yet committed. */
        assert_in_range(count_fits(), 3, 6);
        struct sl_study *study = load();
        check_equal(whole, study);
        sl_study_free(study);
        sl_experiment_free(e);
    }
    sl_study_free(whole);
}

static void a_killed_child_runs_again(void **state)
{
    static const char rows[] = "well hold=2 shift=1,2,3; majority";
    struct sl_study *whole = undisturbed(state, rows);
    struct sl_experiment *e = experiment(rows);
    struct sl_run_options o = options();
    struct saboteur s = {.at = 2, .victim = 'c'}; /* in the second epoch of the first trial */
    o.progress = sabotage;
    o.arg = &s;
    struct sl_run_summary summary = run_with(e, &o);
    assert_int_equal(summary.failed, 1);
    struct sl_study *study = load();
    check_row(study, "well hold=2 shift=1", SL_TRIAL_CRASHED, "killed by signal 9");
    sl_study_free(study);
    o.progress = NULL;
    summary = run_with(e, &o);
    assert_int_equal(summary.run, 1);
    assert_int_equal(summary.failed, 0);
    study = load();
    check_equal(whole, study);
    sl_study_free(study);
    sl_study_free(whole);
    sl_experiment_free(e);
}

/* A killed parent's trial must not live on. */
static void children_die_with_the_parent(void **state)
{
    (void)state;
    struct sl_experiment *e = experiment("forever");
    struct sl_run_options o = options();
    int ends[2];
    assert_int_equal(pipe(ends), 0); /* open as long as anybody lives */
    pid_t pid = fork();
    if (pid == 0) {
        struct saboteur s = {.at = 1, .victim = 'p'};
        struct sl_run_summary summary;
        close(ends[0]);
        o.progress = sabotage;
        o.arg = &s;
        sl_run(e, &o, &summary, NULL);
        _exit(0);
    }
    close(ends[1]);
    char byte;
    assert_int_equal(read(ends[0], &byte, 1), 0); /* returns when nobody lives any more */
    close(ends[0]);
    waitpid(pid, NULL, 0);
    sl_experiment_free(e);
}

static void cancelling_keeps_what_is_done(void **state)
{
    static const char rows[] = "well shift=1; well hold=2 shift=2; well shift=3; majority";
    struct sl_study *whole = undisturbed(state, rows);
    struct sl_experiment *e = experiment(rows);
    struct sl_run_options o = options();
    struct saboteur s = {.at = 6, .victim = 'i'}; /* in the second epoch of the second trial */
    cancel = 0;
    o.cancel = &cancel;
    o.progress = sabotage;
    o.arg = &s;
    struct sl_run_summary summary = run_with(e, &o);
    assert_int_equal(summary.interrupted, 1);
    assert_int_equal(summary.run, 1);
    assert_int_equal(summary.failed, 0);
    struct sl_study *study = load();
    assert_int_equal(study->rows[0].outcomes[0].status, SL_TRIAL_OK);
    assert_int_equal(study->rows[1].outcomes[0].status, SL_TRIAL_MISSING);
    assert_int_equal(study->rows[3].outcomes[0].status, SL_TRIAL_MISSING);
    sl_study_free(study);
    cancel = 0;
    o.progress = NULL;
    doubles_open_gate();
    summary = run_with(e, &o);
    assert_int_equal(summary.interrupted, 0);
    assert_int_equal(summary.held, 1);
    study = load();
    check_equal(whole, study);
    sl_study_free(study);
    sl_study_free(whole);
    sl_experiment_free(e);
}

static void cancelling_outlasts_a_deaf_trial(void **state)
{
    (void)state;
    struct sl_experiment *e = experiment("forever");
    struct sl_run_options o = options();
    struct saboteur s = {.at = 1, .victim = 'i'};
    cancel = 0;
    o.cancel = &cancel;
    o.progress = sabotage;
    o.arg = &s;
    struct sl_run_summary summary = run_with(e, &o); /* it returns */
    assert_int_equal(summary.interrupted, 1);
    assert_int_equal(summary.run, 0);
    cancel = 0;
    sl_experiment_free(e);
}

static size_t files_in(const char *path)
{
    DIR *dir = opendir(path);
    size_t n = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        n += *entry->d_name != '.';
    closedir(dir);
    return n;
}

/* A fit without end, cancelled in its fourth epoch or later: the row says so, the model file is whole and
 * predicts, and the next run begins it again. */
static void cancelling_keeps_the_model_so_far(void **state)
{
    (void)state;
    struct sl_experiment *e = experiment("mlp max_iter=1000000 n_iter_no_change=1000000 tol=0; well");
    struct sl_run_options o = options();
    struct saboteur s = {.at = 3, .victim = 'i'};
    char path[160];
    cancel = 0;
    o.cancel = &cancel;
    o.progress = sabotage;
    o.arg = &s;
    o.save_models = 1;
    struct sl_run_summary summary = run_with(e, &o);
    assert_int_equal(summary.interrupted, 1);
    assert_int_equal(summary.run, 0);
    assert_int_equal(summary.failed, 0);
    struct sl_study *study = load();
    const struct sl_outcome *row = &study->rows[0].outcomes[0];
    assert_int_equal(row->status, SL_TRIAL_INTERRUPTED);
    assert_non_null(strstr(row->reason, ".slm holds the model so far"));
    assert_null(row->predicted);
    assert_true(row->n_curve >= 3 && row->n_iter >= 3);
    assert_int_equal(study->rows[1].outcomes[0].status, SL_TRIAL_MISSING);

    struct sl_dataset *data = NULL;
    struct sl_model *model;
    struct sl_error err = {0};
    int32_t labels[200];
    snprintf(path, sizeof path, "%s/faults/models", out);
    assert_int_equal(files_in(path), 1);
    snprintf(path, sizeof path, "%s/faults/models/%.*s.slm", out,
             (int)strcspn(strstr(row->reason, "; ") + 2, "."), strstr(row->reason, "; ") + 2);
    if (sl_model_load(path, &model, &err) ||
        sl_dataset_open("synthetic:200", SL_PART_TRAIN, &(struct sl_read_options){0}, &data, &err))
        fail_msg("%s", err.text);
    struct sl_view rows = sl_dataset_view(data);
    assert_int_equal(sl_model_predict(model, &rows, 1, labels, &err), SL_OK);
    sl_model_free(model);
    sl_dataset_free(data);
    sl_study_free(study);

    summary = run_with(e, &o); /* the flag is up: nothing is begun, and the store says what it holds */
    assert_int_equal(summary.held, 0);
    assert_int_equal(summary.interrupted, 1);
    cancel = 0;
    sl_experiment_free(e);
}

#define TEST(name) cmocka_unit_test_setup(name, new_store)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_failure_costs_its_row),
        TEST(the_time_limit_ends_a_trial),
        TEST(timing_runs_do_the_same_work),
        TEST(more_timing_runs_run_again),
        TEST(the_time_limit_is_that_of_a_run),
        TEST(the_memory_limit_ends_a_trial),
        TEST(what_a_trial_prints_goes_nowhere),
        TEST(the_second_run_fits_nothing),
        TEST(equal_rows_are_fitted_once),
        TEST(models_are_saved),
        TEST(jobs_change_nothing),
        TEST(a_killed_parent_loses_what_it_had_not_told),
        TEST(a_killed_child_runs_again),
        TEST(children_die_with_the_parent),
        TEST(cancelling_keeps_what_is_done),
        TEST(cancelling_outlasts_a_deaf_trial),
        TEST(cancelling_keeps_the_model_so_far),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
