/* studies.h - what the tests of the executor and of its store share: a store of its own for each test, and
 * small studies of the classifiers in doubles.h. */
#ifndef STUDIES_H
#define STUDIES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "faults/doubles.h"
#include "study/checksum.h"
#include "study/schema.h"
#include <shortlist/run.h>
#include <shortlist/study.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[] = "study-XXXXXX";
static char out[64];
static int runs;

static inline int set_up(void **state)
{
    (void)state;
    return !mkdtemp(folder) || doubles_register();
}

static inline int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* A store of its own for each test. */
static inline int new_store(void **state)
{
    (void)state;
    snprintf(out, sizeof out, "%s/out-%d", folder, runs);
    snprintf(doubles_gate, sizeof doubles_gate, "%s/gate-%d", folder, runs);
    snprintf(doubles_log, sizeof doubles_log, "%s/fits-%d", folder, runs++);
    return 0;
}

static inline size_t count_fits(void)
{
    struct stat info;
    return stat(doubles_log, &info) == 0 ? (size_t)info.st_size : 0;
}

/* rows: "well shift=1,2; segv". */
static inline struct sl_experiment *experiment(const char *rows)
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

static inline struct sl_run_options options(void)
{
    return (struct sl_run_options){.out = out, .threads = 1};
}

static inline struct sl_run_summary run_with(const struct sl_experiment *e, const struct sl_run_options *o)
{
    struct sl_run_summary summary;
    struct sl_error err = {0};
    if (sl_run(e, o, &summary, &err))
        fail_msg("%s", err.text);
    return summary;
}

static inline struct sl_study *load(void)
{
    struct sl_study *study;
    struct sl_error err = {0};
    if (sl_study_load(out, NULL, &study, &err))
        fail_msg("%s", err.text);
    return study;
}

/* Two studies are the same but for times and memory. */
static inline void check_equal(const struct sl_study *a, const struct sl_study *b)
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

static inline void check_store_refused(int code, const char *words)
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

static inline void make_store(void)
{
    struct sl_experiment *e = experiment("majority; well");
    struct sl_run_options o = options();
    run_with(e, &o);
    sl_experiment_free(e);
}

static inline void execute(const char *sql)
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
static inline void seal(void)
{
    struct sl_db *db;
    struct sl_error err = {0};
    if (sl_db_open(out, SL_DB_READ, &db, &err) == SL_OK)
        sl_checksum_put_all(db, &err);
    sl_db_close(db);
}

/* Rows that take long enough to be disturbed. */
#define SLOW_ROWS "well slow=0.03 shift=1,2,3; majority"

/* A study of these rows, whose store is then left behind. */
static inline struct sl_study *undisturbed(void **state, const char *rows)
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

#endif
