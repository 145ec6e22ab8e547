/* test_executor.c - a trial that misbehaves costs its own row only; what is killed can be run again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "faults/doubles.h"
#include "study/checksum.h"
#include "study/schema.h"
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <shortlist/model.h>
#include <shortlist/run.h>
#include <shortlist/study.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char folder[] = "executor-XXXXXX";
static char out[64];
static int runs;

static int set_up(void **state)
{
    (void)state;
    return !mkdtemp(folder) || doubles_register();
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* A store of its own for each test. */
static int new_store(void **state)
{
    (void)state;
    snprintf(out, sizeof out, "%s/out-%d", folder, runs);
    snprintf(doubles_gate, sizeof doubles_gate, "%s/gate-%d", folder, runs);
    snprintf(doubles_log, sizeof doubles_log, "%s/fits-%d", folder, runs++);
    return 0;
}

static size_t count_fits(void)
{
    struct stat info;
    return stat(doubles_log, &info) == 0 ? (size_t)info.st_size : 0;
}

/* rows: "well shift=1,2; segv". */
static struct sl_experiment *experiment(const char *rows)
{
    struct sl_experiment *e;
    struct sl_error err = {0};
    char copy[512], *rest = copy, *row;
    assert_int_equal(sl_experiment_new("faults", &e, &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "data", "synthetic:200", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "train", "100", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "validation", "50", &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "timing_runs", "1", &err), SL_OK); /* fits are counted */
    strcpy(copy, rows);
    while ((row = strsep(&rest, ";"))) {
        const char *parts[8] = {0};
        row += *row == ' ';
        for (int n = 0; n < 7 && (parts[n] = strsep(&row, " "));)
            n++;
        if (sl_experiment_add(e, parts[0], parts + 1, &err))
            fail_msg("%s", err.text);
    }
    return e;
}

static struct sl_run_options options(void)
{
    return (struct sl_run_options){.out = out, .threads = 1};
}

static struct sl_run_summary run_with(const struct sl_experiment *e, const struct sl_run_options *o)
{
    struct sl_run_summary summary;
    struct sl_error err = {0};
    if (sl_run(e, o, &summary, &err))
        fail_msg("%s", err.text);
    return summary;
}

static struct sl_study *load(void)
{
    struct sl_study *study;
    struct sl_error err = {0};
    if (sl_study_load(out, NULL, &study, &err))
        fail_msg("%s", err.text);
    return study;
}

/* Two studies are the same but for times and memory. */
static void check_equal(const struct sl_study *a, const struct sl_study *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    for (size_t r = 0; r < a->n_rows; r++) {
        const struct sl_study_row *x = &a->rows[r], *y = &b->rows[r];
        assert_string_equal(x->name, y->name);
        assert_string_equal(x->params_json, y->params_json);
        assert_int_equal(x->n_outcomes, y->n_outcomes);
        for (size_t i = 0; i < x->n_outcomes; i++) {
            const struct sl_outcome *p = &x->outcomes[i], *q = &y->outcomes[i];
            assert_int_equal(p->status, q->status);
            assert_string_equal(p->reason, q->reason);
            assert_int_equal(p->seed, q->seed);
            assert_int_equal(p->n_validation, q->n_validation);
            assert_int_equal(p->n_curve, q->n_curve);
            assert_int_equal(p->n_iter, q->n_iter);
            assert_int_equal(p->predicted != NULL, q->predicted != NULL);
            if (p->predicted)
                assert_memory_equal(p->predicted, q->predicted, p->n_validation * sizeof *p->predicted);
            if (p->status != SL_TRIAL_MISSING)
                assert_memory_equal(p->truth, q->truth, p->n_validation * sizeof *p->truth);
        }
    }
}

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

static const char slow_rows[] = "well slow=0.03 shift=1,2,3; majority";

static struct sl_study *undisturbed(void **state, const char *rows)
{
    doubles_open_gate();
    struct sl_experiment *e = experiment(rows);
    struct sl_run_options o = options();
    run_with(e, &o);
    sl_experiment_free(e);
    struct sl_study *study = load();
    new_store(state);
    return study;
}

static void a_killed_parent_loses_what_it_had_not_told(void **state)
{
    struct sl_study *whole = undisturbed(state, slow_rows);
    for (int at = 0; at < 10; at += 3) {
        new_store(state);
        struct sl_experiment *e = experiment(slow_rows);
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

/* The store --------------------------------------------------------------------------------------- */

static void check_store_refused(int code, const char *words)
{
    struct sl_experiment *e = experiment("majority");
    struct sl_run_options o = options();
    struct sl_run_summary summary;
    struct sl_study *study;
    struct sl_study_summary *list;
    size_t n;
    struct sl_error err = {0};
    assert_int_equal(sl_run(e, &o, &summary, &err), code);
    if (!strstr(err.text, words) || !strstr(err.text, "shortlist.db") || strchr(err.text, '\n'))
        fail_msg("'%s' does not say '%s'", err.text, words);
    assert_int_equal(sl_study_load(out, NULL, &study, &err), code);
    assert_null(study);
    assert_non_null(strstr(err.text, words));
    assert_int_equal(sl_study_list(out, &list, &n, &err), code);
    sl_experiment_free(e);
}

static void make_store(void)
{
    struct sl_experiment *e = experiment("majority; well");
    struct sl_run_options o = options();
    run_with(e, &o);
    sl_experiment_free(e);
}

static void execute(const char *sql)
{
    char path[96];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* Makes the checksums those of what the store holds now, where it can still be told. */
static void seal(void)
{
    struct sl_db *db;
    struct sl_error err = {0};
    if (sl_db_open(out, SL_DB_READ, &db, &err) == SL_OK)
        sl_checksum_put_all(db, &err);
    sl_db_close(db);
}

static void refuses_a_newer_store(void **state)
{
    (void)state;
    make_store();
    execute("PRAGMA user_version = 1000");
    check_store_refused(SL_EDATA,
                        "version 1000, this program's is 6: a newer shortlist wrote it: use that one");
}

/* Predictions of two bytes become those of one only where they are what was written. */
static void an_upgrade_does_not_mend_damage(void **state)
{
    (void)state;
    make_store();
    execute("UPDATE outcome SET predicted = zeroblob(2 * n_validation); PRAGMA user_version = 5");
    struct sl_study *study;
    struct sl_error err;
    assert_int_equal(sl_study_load(out, NULL, &study, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "does not match its checksum"));
}

static void refuses_another_database(void **state)
{
    (void)state;
    assert_int_equal(mkdir(out, 0777), 0);
    execute("CREATE TABLE mine (x)");
    check_store_refused(SL_EDATA, "not a store of shortlist");
}

static void refuses_what_is_no_database(void **state)
{
    (void)state;
    char path[96];
    assert_int_equal(mkdir(out, 0777), 0);
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fprintf(file, "this is no database, line %d\n", i);
    fclose(file);
    check_store_refused(SL_EDATA, "not a store, or a damaged one");
}

/* Truncated and overwritten stores: an error or a table, never a crash. */
static void survives_a_damaged_store(void **state)
{
    (void)state;
    make_store();
    char path[96];
    struct stat info;
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(stat(path, &info), 0);
    char *good = malloc((size_t)info.st_size);
    FILE *file = fopen(path, "r");
    assert_int_equal(fread(good, 1, (size_t)info.st_size, file), info.st_size);
    fclose(file);
    for (off_t at = 0; at < info.st_size; at += 1021) {
        file = fopen(path, "w");
        fwrite(good, 1, (size_t)info.st_size, file);
        fseek(file, at, SEEK_SET);
        for (int i = 0; i < 40; i++)
            fputc(0xa5 + i, file);
        fclose(file);
        struct sl_study *study;
        struct sl_error err = {0};
        if (sl_study_load(out, NULL, &study, &err))
            assert_true(*err.text && !strchr(err.text, '\n'));
        else
            sl_study_free(study);
    }
    file = fopen(path, "w");
    fwrite(good, 1, (size_t)info.st_size / 2, file);
    fclose(file);
    free(good);
    check_store_refused(SL_EDATA, "damaged");
}

/* Turns the branches of a tree's root, but the first, back to the root.  Returns how many. */
static unsigned make_circle(unsigned char *page, uint32_t number)
{
    const unsigned cells = page[3] * 256U + page[4];
    assert_int_equal(page[0], 5); /* an inner page of a table */
    for (unsigned i = 1; i <= cells; i++) {
        unsigned char *child = i < cells ? page + page[12 + 2 * i] * 256 + page[13 + 2 * i] : page + 8;
        for (int b = 0; b < 4; b++)
            child[b] = (unsigned char)(number >> (24 - 8 * b));
    }
    return cells;
}

/* Pages that do not make a tree but a circle, so that a query finds rows without an end. */
static void refuses_a_circle_of_pages(void **state)
{
    (void)state;
    char path[96];
    sqlite3 *db;
    sqlite3_stmt *query;
    make_store();
    execute("INSERT INTO curve (key, epoch) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
            " WHERE i < 15000) SELECT (SELECT min(key) FROM outcome), i FROM n");
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM "
                                        "sqlite_master WHERE name = 'curve'",
                                        -1, &query, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    const uint32_t root = (uint32_t)sqlite3_column_int(query, 0);
    const size_t size = (size_t)sqlite3_column_int(query, 1);
    sqlite3_finalize(query);
    sqlite3_close(db);
    unsigned char *page = malloc(size);
    FILE *file = fopen(path, "r+");
    assert_int_equal(fseek(file, (long)((root - 1) * size), SEEK_SET), 0);
    assert_int_equal(fread(page, 1, size, file), size);
    assert_true(make_circle(page, root) > 10);
    assert_int_equal(fseek(file, (long)((root - 1) * size), SEEK_SET), 0);
    assert_int_equal(fwrite(page, 1, size, file), size);
    fclose(file);
    free(page);
    check_store_refused(SL_EDATA, "damaged one (");
}

/* An index that does not know all of its table's rows, so that queries differ by the way they take. */
static void refuses_an_index_of_another_table(void **state)
{
    (void)state;
    make_store();
    execute("CREATE TABLE kept AS SELECT * FROM sqlite_master WHERE name = 'curve_key';"
            "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'curve_key'");
    execute("INSERT INTO curve (key, epoch) SELECT min(key), 1 FROM outcome");
    execute("PRAGMA writable_schema = ON; INSERT INTO sqlite_master SELECT * FROM kept; DROP TABLE kept");
    check_store_refused(SL_EDATA, "index curve_key): move it away");
}

/* Whose expressions its maker chose. */
static void refuses_what_is_computed(void **state)
{
    static const char *const computed[] = {
        "CREATE INDEX mine ON curve (epoch) WHERE length(zeroblob(epoch)) = 5",
        "CREATE INDEX mine ON curve (length(zeroblob(epoch)))",
        "ALTER TABLE curve ADD COLUMN mine AS (zeroblob(epoch))",
        "CREATE VIRTUAL TABLE mine USING fts5 (text)",
    };
    (void)state;
    make_store();
    for (size_t i = 0; i < sizeof computed / sizeof *computed; i++) {
        execute(computed[i]);
        check_store_refused(SL_EDATA, "something in it is computed");
        execute(i < 2    ? "DROP INDEX mine"
                : i == 2 ? "ALTER TABLE curve DROP COLUMN mine"
                         : "DROP TABLE mine");
    }
}

static void refuses_damaged_rows(void **state)
{
    static const char *const damage[] = {
        "UPDATE outcome SET predicted = x'0000' WHERE predicted IS NOT NULL",
        "UPDATE outcome SET predicted = zeroblob(98) || x'ffff' WHERE predicted IS NOT NULL",
        "UPDATE truth SET n = 49",
        "UPDATE outcome SET status = 'fine'",
        "UPDATE outcome SET n_validation = 1000000000000",
        "UPDATE data SET classes = '[]'",
        "UPDATE data SET k = 100000000",
        "DELETE FROM study_row WHERE row = 0",
        "UPDATE outcome SET predicted = zeroblob(102) WHERE predicted IS NOT NULL",
        "UPDATE outcome SET predicted = 'a text of as many bytes as two for each row would be, a hundred, "
        "one says?...' || "
        "'...' WHERE predicted IS NOT NULL",
        "UPDATE outcome SET predicted = NULL",
        "UPDATE outcome SET status = 'missing'",
        "UPDATE outcome SET status = x'6f6b'",
        "UPDATE outcome SET n_train = -1",
        "UPDATE outcome SET n_validation = NULL",
        "UPDATE measure SET value = -1 WHERE name = 'fit_time'",
        "UPDATE measure SET value = 9e999 WHERE name = 'fit_time'",
        "UPDATE measure SET value = 'fast' WHERE name = 'fit_time'",
        "UPDATE measure SET value = x'00' WHERE name = 'score_time'",
        "UPDATE measure SET value = -9e999 WHERE name = 'cpu_time'",
        "UPDATE outcome SET shared = 2",
        "UPDATE outcome SET threads = 0",
        "UPDATE outcome SET threads = 2147483649",
        "UPDATE outcome SET threads = 1.5",
        "INSERT OR REPLACE INTO measure SELECT key, 'peak_memory', -1 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'model_bytes', 'large' FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'model_bytes', 0.5 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'n_iter', 4294967296 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'converged', 2 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'objective', 'none' FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, 'log_loss', -0.5 FROM outcome",
        "INSERT OR REPLACE INTO measure SELECT key, x'6669', 1 FROM outcome",
        "UPDATE outcome SET reason = x'ff'",
        "UPDATE curve SET epoch = -1",
        "UPDATE curve SET epoch = 4294967297",
        "UPDATE curve SET train_accuracy = 1.01",
        "UPDATE curve SET validation_accuracy = -1e-9",
        "UPDATE curve SET train_loss = 'NaN'",
        "UPDATE curve SET seconds = 9e999",
        "UPDATE truth SET n = -50",
        "UPDATE truth SET n = -9223372036854775758", /* twice that is 100 */
        "UPDATE truth SET n = 0, labels = x''",
        "UPDATE truth SET labels = zeroblob(98) || x'0a00'", /* the eleventh of ten classes */
        "UPDATE truth SET split = split || '0'",
        "UPDATE data SET k = 0",
        "UPDATE data SET k = 65536",
        "UPDATE data SET k = 9",
        "UPDATE data SET classes = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]'",
        "UPDATE data SET classes = 'no JSON'",
        "UPDATE study SET seed = -1",
        "UPDATE study SET n_train = 0",
        "UPDATE study SET n_validation = 1e300",
        "UPDATE study SET folds = -3",
        "UPDATE study SET folds = 1000000000",
        "UPDATE study SET repeats = 0",
        "UPDATE study SET final = 3",
        "UPDATE study SET machine = '[]'",
        "UPDATE study SET machine = 'a machine'",
        "UPDATE study SET title = x'00ff'",
        "UPDATE study SET notes = 'note'",
        "UPDATE study SET notes = '[1]'",
        "UPDATE study SET unseen_classes = '{}'",
        "UPDATE study SET unseen_classes = '[null]'",
        "UPDATE study_row SET name = '' WHERE row = 1",
        "UPDATE study_row SET classifier = ''",
        "UPDATE study_row SET params_json = '{'",
        "UPDATE study_row SET published = '0.9'",
        "UPDATE study_row SET scaling = 'huge'",
        "UPDATE study_row SET row = row + 5",
        "UPDATE study_trial SET row = 2 WHERE row = 1",
        "UPDATE study_trial SET row = -1 WHERE row = 1",
        "UPDATE study_trial SET repeat = 1",
        "UPDATE study_trial SET repeat = -1",
        "UPDATE study_trial SET fold = 1",
        "UPDATE study_trial SET fold = 'first'",
        "UPDATE study_trial SET seed = -1",
        "UPDATE study_trial SET split = 'another'",
        /* Tables without the rules that ours have. */
        "CREATE TABLE t AS SELECT * FROM study_trial; DROP TABLE study_trial; ALTER TABLE t RENAME TO "
        "study_trial;"
        "INSERT INTO study_trial SELECT * FROM study_trial",
        "CREATE TABLE t AS SELECT * FROM study_row; DROP TABLE study_row; ALTER TABLE t RENAME TO study_row;"
        "INSERT INTO study_row SELECT * FROM study_row",
        "CREATE TABLE t AS SELECT * FROM study; DROP TABLE study; ALTER TABLE t RENAME TO study;"
        "INSERT INTO study SELECT * FROM study",
        "DROP TABLE curve",
        "DROP TABLE measure",
        "ALTER TABLE outcome DROP COLUMN checksum",
        "ALTER TABLE measure DROP COLUMN value",
        "ALTER TABLE data RENAME TO d; CREATE VIEW data AS SELECT * FROM d",
        "ALTER TABLE data DROP COLUMN classes; ALTER TABLE data ADD COLUMN classes AS "
        "(hex(zeroblob(400000000)))",
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_study *study;
        struct sl_error err = {0};
        new_store(state);
        make_store();
        execute(damage[i]);
        /* As it is; and by somebody who knows how checksums are made. */
        for (int sealed = 0; sealed < 2; sealed++) {
            if (sl_study_load(out, NULL, &study, &err) != SL_EDATA || strchr(err.text, '\n'))
                fail_msg("%s was not noticed (%d): %s", damage[i], sealed, err.text);
            seal();
        }
    }
}

/* Damage that leaves a store that could be one. */
static void a_checksum_notices_what_looks_sound(void **state)
{
    static const char *const damage[] = {
        "UPDATE measure SET value = value + 1 WHERE name = 'fit_time'",
        "UPDATE measure SET name = 'fitted_time' WHERE name = 'fit_time'",
        "DELETE FROM measure WHERE name = 'fit_time'",
        "UPDATE outcome SET checksum = checksum + 1",
        "UPDATE outcome SET checksum = 'sum'",
        "UPDATE outcome SET predicted = zeroblob(100)",
        "UPDATE outcome SET reason = 'for no reason'",
        "UPDATE outcome SET again = 1 - again",
        "UPDATE outcome SET threads = threads + 1",
        "UPDATE outcome SET shared = 1 - shared",
        "UPDATE outcome SET n_train = n_train + 1",
        "DELETE FROM curve WHERE epoch = 3",
        "UPDATE curve SET train_loss = 7",
        "UPDATE score SET checksum = checksum + 1",
        "DELETE FROM score",
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_study *study;
        struct sl_error err = {0};
        new_store(state);
        make_store();
        execute(damage[i]);
        if (sl_study_load(out, NULL, &study, &err) != SL_EDATA || !strstr(err.text, "checksum") ||
            !strstr(err.text, "study faults") || strchr(err.text, '\n'))
            fail_msg("%s was not noticed: %s", damage[i], err.text);
        seal();
        sl_study_free(load());
    }
}

/* Scores are read only where they are asked for. */
static void refuses_damaged_scores(void **state)
{
    static const char *const damage[] = {
        "UPDATE score SET codes = x'0000'",
        "UPDATE score SET codes = codes || x'0000'",
        "UPDATE score SET codes = hex(zeroblob(500))",
        "UPDATE score SET codes = 5",
        "UPDATE score SET n = 49",
        "UPDATE score SET n = -50",
        "UPDATE score SET k = 0",
        "UPDATE score SET k = 11, codes = zeroblob(1100)",
        "UPDATE score SET k = 1e300",
        "UPDATE score SET probabilities = 2",
        "UPDATE score SET low = 9e999",
        "UPDATE score SET low = 'low'",
        "UPDATE score SET step = -1",
        "UPDATE score SET classes = zeroblob(200)",
        "UPDATE score SET classes = 'a text', codes = zeroblob(200)",
        "UPDATE score SET classes = zeroblob(198) || x'0a00', codes = zeroblob(200)",
        "ALTER TABLE score DROP COLUMN codes",
        "UPDATE score SET codes = zeroblob(1000)", /* sound, but for the checksum: the last one */
    };
    enum { DAMAGES = sizeof damage / sizeof *damage };
    for (size_t i = 0; i < DAMAGES; i++) {
        struct sl_scores scores;
        struct sl_error err = {0};
        new_store(state);
        make_store();
        struct sl_study *study = load();
        const struct sl_outcome *o = &study->rows[0].outcomes[0];
        assert_int_equal(sl_study_scores(out, study, o, &scores, &err), SL_OK);
        assert_int_equal(scores.n, 50);
        assert_int_equal(scores.k, 10);
        sl_scores_free(&scores);
        execute(damage[i]);
        for (int sealed = 0; sealed < (i + 1 < DAMAGES ? 2 : 1); sealed++) {
            if (sl_study_scores(out, study, o, &scores, &err) != SL_EDATA || strchr(err.text, '\n'))
                fail_msg("%s was not noticed (%d): %s", damage[i], sealed, err.text);
            assert_int_equal(scores.n, 0);
            assert_null(scores.codes);
            seal();
        }
        sl_study_free(study);
    }
}

/* A later version's measure stays where it is. */
static void an_unknown_measure_is_left_alone(void **state)
{
    (void)state;
    make_store();
    struct sl_study *before = load();
    execute("INSERT INTO measure SELECT key, 'entropy', -3 FROM outcome");
    seal();
    struct sl_study *study = load();
    check_equal(before, study);
    sl_study_free(before);
    sl_study_free(study);
    make_store(); /* a run finds all done */
    assert_int_equal(count_fits(), 1);
}

/* Keys that are no texts: found, and refused or removed, but never looked for without end. */
static void keys_of_another_type_go(void **state)
{
    (void)state;
    struct sl_study *study;
    struct sl_study_summary *list;
    struct sl_deleted deleted;
    size_t n;
    struct sl_error err = {0};
    make_store();
    execute("UPDATE outcome SET key = CAST(key AS BLOB); UPDATE study_trial SET key = CAST(key AS BLOB)");
    seal();
    assert_int_equal(sl_study_load(out, NULL, &study, &err), SL_EDATA);
    assert_int_equal(sl_study_delete(out, "faults", &deleted, &err), SL_OK);
    assert_int_equal(deleted.outcomes, 2);
    assert_int_equal(sl_study_list(out, &list, &n, &err), SL_OK);
    assert_int_equal(n, 0);
    sl_study_list_free(list, n);
}

/* What a hostile store calls its studies and rows must neither lead out of their folder nor reach a terminal
 * as it stands. */
static void refuses_hostile_names(void **state)
{
    static const char *const names[] = {"../../evil", "/tmp/evil", "..", ".hidden",       "-rf",
                                        "a/b",        "a b",       "",   "\033[2Jcleared"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sl_study *study;
        struct sl_study_summary *list;
        size_t n;
        char sql[256];
        struct sl_error err = {0};
        new_store(state);
        make_store();
        snprintf(sql, sizeof sql,
                 "UPDATE study SET name = '%s'; UPDATE study_row SET study = '%s'; UPDATE study_trial SET "
                 "study = '%s'",
                 names[i], names[i], names[i]);
        execute(sql);
        for (int given = 0; given < 2; given++) {
            assert_int_equal(sl_study_load(out, given ? names[i] : NULL, &study, &err), SL_EDATA);
            assert_non_null(strstr(err.text, "can not be a study's name"));
            assert_null(strchr(err.text, '\033'));
        }
        assert_int_equal(sl_study_load(out, "another", &study, &err), SL_EUSAGE);
        assert_null(strchr(err.text, '\033'));
        assert_int_equal(sl_study_list(out, &list, &n, &err), SL_OK);
        assert_int_equal(n, 1);
        assert_non_null(strstr(list[0].title, "it is not read"));
        assert_null(strchr(list[0].name, '\033'));
        sl_study_list_free(list, n);
    }
}

static void texts_of_a_store_are_lines(void **state)
{
    (void)state;
    make_store();
    execute(
        "UPDATE study SET title = char(27) || '[2J' || char(10) || 'title', data = 'a' || char(13) || 'b';"
        "UPDATE study_row SET name = 'row' || char(7), params = char(9) || char(127);"
        "UPDATE outcome SET reason = char(27) || 'c'; UPDATE data SET classes = replace(classes, 'frame', "
        "'\\u001b')");
    seal();
    struct sl_study *study = load();
    assert_string_equal(study->title, " [2J title");
    assert_string_equal(study->data, "a b");
    assert_string_equal(study->rows[0].name, "row ");
    assert_string_equal(study->rows[0].params, "  ");
    assert_string_equal(study->rows[0].outcomes[0].reason, " c");
    assert_string_equal(study->classes[3], " ");
    sl_study_free(study);
}

/* As a user who may not write: loads from a store that may only be read, and exits with the error's text on
 * the pipe. */
static void load_as_reader(char *text, size_t size)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct sl_study *study;
        struct sl_error err = {0};
        if (geteuid() == 0 && (setegid(65534) || seteuid(65534)))
            _exit(2);
        int code = sl_study_load(out, NULL, &study, &err);
        ssize_t written = write(ends[1], err.text, strlen(err.text) + 1);
        _exit(code == SL_EIO && written > 0 ? 0 : 1);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], text, size - 1);
    text[n > 0 ? n : 0] = 0;
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("status %d: %s", status, text);
}

static void copy_store_as(const char *to, const char *file)
{
    char from[160], path[160], bytes[4096];
    snprintf(from, sizeof from, "%s/%s", out, file);
    snprintf(path, sizeof path, "%s/%s", to, file);
    FILE *in = fopen(from, "r"), *copy = fopen(path, "w");
    assert_true(in && copy);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
        fwrite(bytes, 1, n, copy);
    fclose(in);
    fclose(copy);
    chmod(path, 0444);
}

/* A transaction that was cut off has to be undone, for which the store must be written: the error says what
 * to do. */
static void a_cut_off_write_in_a_read_only_store(void **state)
{
    (void)state;
    make_store();
    char path[160], text[600], copy[80];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "PRAGMA cache_size = 1; BEGIN; UPDATE outcome SET reason = 'x';"
                     "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500)"
                     "INSERT INTO curve (key, epoch) SELECT 'x', i FROM c; UPDATE curve SET seconds = 1",
                     NULL, NULL, NULL),
        SQLITE_OK);
    snprintf(copy, sizeof copy, "%s-cut", out);
    assert_int_equal(mkdir(copy, 0777), 0);
    copy_store_as(copy, "shortlist.db");
    copy_store_as(copy, "shortlist.db-journal");
    sqlite3_close(db);
    chmod(folder, 0755);
    chmod(copy, 0555);
    strcpy(out, copy);
    load_as_reader(text, sizeof text);
    assert_non_null(strstr(text, "a run was killed while it wrote"));
    assert_non_null(strstr(text, "shortlist.db-journal"));
    assert_null(strchr(text, '\n'));
    /* Who may write it loads it, and so may everybody from then on. */
    chmod(copy, 0755);
    snprintf(path, sizeof path, "%s/shortlist.db", copy);
    chmod(path, 0644);
    struct sl_study *study = load();
    assert_string_equal(study->rows[0].outcomes[0].reason, "");
    sl_study_free(study);
}

static void says_what_stands_in_the_way(void **state)
{
    (void)state;
    struct sl_study *study;
    struct sl_error err = {0};
    assert_int_equal(sl_study_load(out, NULL, &study, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "no store yet"));
    make_store();
    assert_int_equal(sl_study_load(out, "fault", &study, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean faults?"));
    struct sl_study_summary *list;
    size_t n;
    assert_int_equal(sl_study_list(out, &list, &n, &err), SL_OK);
    assert_int_equal(n, 1);
    assert_string_equal(list[0].name, "faults");
    assert_int_equal(list[0].trials, 2);
    assert_int_equal(list[0].done, 2);
    assert_int_equal(list[0].failed, 0);
    sl_study_list_free(list, n);
    /* A file where the folder should be. */
    struct sl_experiment *e = experiment("majority");
    struct sl_run_options o = options();
    struct sl_run_summary summary;
    o.out = doubles_log;
    assert_int_equal(sl_run(e, &o, &summary, &err), SL_EIO);
    assert_non_null(strstr(err.text, doubles_log));
    sl_experiment_free(e);
}

static void two_runs_share_a_store(void **state)
{
    struct sl_study *whole = undisturbed(state, slow_rows);
    struct sl_experiment *e = experiment(slow_rows);
    struct sl_run_options o = options();
    pid_t other = fork();
    if (other == 0) {
        struct sl_run_summary summary;
        _exit(sl_run(e, &o, &summary, NULL) != SL_OK || summary.failed);
    }
    run_with(e, &o);
    int status;
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct sl_study *study = load();
    check_equal(whole, study);
    sl_study_free(study);
    sl_study_free(whole);
    sl_experiment_free(e);
}

/* Stores of version 1 ------------------------------------------------------------------------------- */

/* A store that a program wrote which knew no other version. */
static void copy_version_1(void)
{
    char from[256], to[96], bytes[4096];
    assert_true(mkdir(out, 0777) == 0 || errno == EEXIST);
    snprintf(from, sizeof from, "%s/store1/shortlist.db", SL_SAMPLES);
    snprintf(to, sizeof to, "%s/shortlist.db", out);
    FILE *in = fopen(from, "r"), *copy = fopen(to, "w");
    assert_true(in && copy);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;)
        assert_int_equal(fwrite(bytes, 1, n, copy), n);
    fclose(in);
    assert_int_equal(fclose(copy), 0);
}

static int version_of_store(void)
{
    char path[96];
    sqlite3 *db;
    sqlite3_stmt *query;
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &query, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    int version = sqlite3_column_int(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(db);
    return version;
}

static int statements_left;

static int count_statement(unsigned kind, void *context, void *statement, void *text)
{
    (void)kind, (void)context, (void)statement, (void)text;
    if (statements_left-- == 0)
        kill(getpid(), SIGKILL);
    return 0;
}

/* Every connection from now on is killed at a statement, and keeps nothing in memory that it could write. */
static int doom_connection(sqlite3 *db, char **text, const struct sqlite3_api_routines *api)
{
    (void)text, (void)api;
    sqlite3_exec(db, "PRAGMA cache_size = 1", NULL, NULL, NULL);
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, NULL);
}

static int load_and_die_at(int statement)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct sl_study *study;
        statements_left = statement;
        sqlite3_auto_extension((void (*)(void))doom_connection);
        _exit(sl_study_load(out, "folded", &study, NULL) != SL_OK);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void a_killed_upgrade_leaves_version_1(void **state)
{
    int status, old = 0, at = 0;
    copy_version_1();
    struct sl_study *whole, *study;
    assert_int_equal(sl_study_load(out, "folded", &whole, NULL), SL_OK);
    assert_int_equal(version_of_store(), SL_STORE_VERSION);
    execute("CREATE TEMP TABLE t (x CHECK (x)); INSERT INTO t SELECT length(predicted) = n_validation FROM "
            "outcome "
            "WHERE predicted IS NOT NULL");
    do {
        new_store(state);
        copy_version_1();
        status = load_and_die_at(at);
        int version = version_of_store();
        assert_true(version == 1 || version == SL_STORE_VERSION);
        old += version == 1;
        struct sl_error err = {0};
        if (sl_study_load(out, "folded", &study, &err))
            fail_msg("killed at statement %d: %s", at, err.text);
        check_equal(whole, study);
        sl_study_free(study);
        at += 5;
    } while (WIFSIGNALED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_in_range(old, 10, at / 5 - 2); /* some were killed before it was done, some after */
    sl_study_free(whole);
}

/* Who may not write a store reads it all the same. */
static void a_read_only_store_of_version_1_is_read(void **state)
{
    (void)state;
    char path[96];
    int status;
    copy_version_1();
    snprintf(path, sizeof path, "%s/shortlist.db", out);
    chmod(path, 0444);
    chmod(folder, 0755);
    chmod(out, 0555);
    pid_t pid = fork();
    if (pid == 0) {
        struct sl_study *study;
        struct sl_study_summary *list;
        size_t n;
        struct sl_error err = {0};
        if (geteuid() == 0 && (setegid(65534) || seteuid(65534)))
            _exit(2);
        if (sl_study_load(out, "folded", &study, &err) || study->n_rows != 3 ||
            !study->rows[1].outcomes[0].predicted || sl_study_list(out, &list, &n, &err) || n != 3) {
            fprintf(stderr, "%s\n", err.text);
            _exit(1);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(version_of_store(), 1);
    chmod(out, 0755);
}

static void refuses_damaged_stores_of_version_1(void **state)
{
    static const char *const damage[] = {
        "UPDATE outcome SET fit_time = 'fast'",
        "UPDATE outcome SET fit_time = -1",
        "UPDATE outcome SET n_iter = 4294967296",
        "UPDATE outcome SET peak_memory = -2",
        "UPDATE outcome SET model_bytes = x'00'",
        "UPDATE outcome SET converged = 0.5",
        "UPDATE outcome SET predicted = x'0000' WHERE predicted IS NOT NULL",
        "UPDATE study SET machine = 'a machine'",
        "UPDATE study SET machine = json_set(machine, '$.notes', 'one')",
        "UPDATE study SET machine = json_set(machine, '$.unseen_classes', 3)",
        "DROP TABLE curve",
        "DROP TABLE outcome",
        "ALTER TABLE outcome DROP COLUMN log_loss",
        "CREATE TABLE measure (x)",
        ("CREATE TABLE t AS SELECT * FROM outcome; DROP TABLE outcome; ALTER TABLE t RENAME TO outcome;"
         "INSERT INTO outcome SELECT * FROM outcome"),
        "UPDATE outcome SET key = CAST(key AS BLOB); UPDATE study_trial SET key = CAST(key AS BLOB)",
        "CREATE VIEW score AS SELECT 1",
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_study *study;
        struct sl_error err = {0};
        new_store(state);
        copy_version_1();
        execute(damage[i]);
        if (sl_study_load(out, "folded", &study, &err) != SL_EDATA || strchr(err.text, '\n'))
            fail_msg("%s was not noticed: %s", damage[i], err.text);
    }
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
        TEST(refuses_a_newer_store),
        TEST(refuses_another_database),
        TEST(an_upgrade_does_not_mend_damage),
        TEST(refuses_what_is_no_database),
        TEST(survives_a_damaged_store),
        TEST(refuses_a_circle_of_pages),
        TEST(refuses_an_index_of_another_table),
        TEST(refuses_what_is_computed),
        TEST(refuses_damaged_rows),
        TEST(a_checksum_notices_what_looks_sound),
        TEST(refuses_damaged_scores),
        TEST(an_unknown_measure_is_left_alone),
        TEST(keys_of_another_type_go),
        TEST(a_killed_upgrade_leaves_version_1),
        TEST(a_read_only_store_of_version_1_is_read),
        TEST(refuses_damaged_stores_of_version_1),
        TEST(refuses_hostile_names),
        TEST(texts_of_a_store_are_lines),
        TEST(a_cut_off_write_in_a_read_only_store),
        TEST(says_what_stands_in_the_way),
        TEST(two_runs_share_a_store),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
