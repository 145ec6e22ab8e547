/* study_fixture.h - a study made by hand, for the tests of tables and plots: ten rows of data, three
 * classes, and rows of every status. */
#ifndef STUDY_FIXTURE_H
#define STUDY_FIXTURE_H

#include <math.h>
#include <shortlist/show.h>
#include <stdlib.h>
#include <string.h>

/* A row of n_outcomes outcomes that are not run yet. */
static inline struct sl_study_row fixture_row(const char *name, const char *classifier, size_t n_outcomes)
{
    struct sl_study_row row = {.name = strdup(name),
                               .classifier = classifier,
                               .params = strdup(""),
                               .params_json = strdup("{}"),
                               .scaling = strdup("minmax"),
                               .n_outcomes = n_outcomes};
    row.outcomes = calloc(n_outcomes ? n_outcomes : 1, sizeof *row.outcomes);
    for (size_t i = 0; i < n_outcomes; i++) {
        struct sl_outcome *o = &row.outcomes[i];
        o->status = SL_TRIAL_MISSING;
        o->seed = 42;
        for (int m = 0; m < SL_N_MEASURES; m++)
            sl_measure_set(&sl_measure_types[m], o, NAN);
    }
    return row;
}

/* Makes an outcome of n scored rows that is wrong in `wrong` of them, from row `first` on. */
static inline void fixture_score(struct sl_outcome *o, const int32_t *truth, size_t n, int k, size_t first,
                                 size_t wrong, double fit_time)
{
    o->status = SL_TRIAL_OK;
    o->n_train = 4 * n;
    o->n_validation = n;
    o->truth = truth;
    o->predicted = malloc((n ? n : 1) * sizeof *o->predicted);
    for (size_t i = 0; i < n; i++)
        o->predicted[i] = truth[i];
    for (size_t i = first; i < first + wrong && i < n; i++)
        o->predicted[i] = (truth[i] + 1) % k;
    o->fit_time = fit_time;
    o->score_time = fit_time / 10;
    o->cpu_time = fit_time * 2;
    o->peak_memory = 3 << 20;
    o->model_bytes = 1000;
    o->threads = 2;
}

static inline struct sl_study *fixture_study(const char *name, size_t n_rows, int k)
{
    struct sl_study *study = calloc(1, sizeof *study);
    study->name = strdup(name);
    study->title = strdup("A study made by hand");
    study->data = strdup("synthetic");
    study->data_hash = strdup("0123456789abcdef0123456789abcdef");
    study->machine = strdup("{\"cpu\": \"Example CPU\", \"cores\": 2, \"memory\": 8589934592}");
    study->created = strdup("2026-01-02T03:04:05Z");
    study->seed = 42;
    study->k = k;
    study->classes = calloc((size_t)k, sizeof *study->classes);
    for (int c = 0; c < k; c++) {
        char text[32];
        snprintf(text, sizeof text, "class_%d", c);
        study->classes[c] = strdup(text);
    }
    study->n_rows = n_rows;
    study->rows = calloc(n_rows ? n_rows : 1, sizeof *study->rows);
    return study;
}

static inline void fixture_free(struct sl_study *study)
{
    for (size_t r = 0; r < study->n_rows; r++) {
        struct sl_study_row *row = &study->rows[r];
        for (size_t i = 0; i < row->n_outcomes; i++) {
            free(row->outcomes[i].predicted);
            free(row->outcomes[i].curve);
        }
        free(row->outcomes);
        free(row->name);
        free(row->params);
        free(row->params_json);
        free(row->published);
        free(row->scaling);
    }
    for (int c = 0; c < study->k; c++)
        free(study->classes[c]);
    free(study->classes);
    free(study->rows);
    free(study->name);
    free(study->title);
    free(study->data);
    free(study->data_hash);
    free(study->machine);
    free(study->created);
    free(study);
}

static inline void fixture_text(char **field, const char *text)
{
    free(*field);
    *field = strdup(text);
}

/* The labels 0 1 2 0 1 2 ... */
static inline int32_t *fixture_truth(size_t n, int k)
{
    int32_t *truth = malloc(n * sizeof *truth);
    for (size_t i = 0; i < n; i++)
        truth[i] = (int32_t)(i % (size_t)k);
    return truth;
}

#endif
