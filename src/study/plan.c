/* plan.c - from an experiment and a data set to trials; pure.
 *
 * Rows: the product of each row's values, the last hyperparameter of the table varying fastest.  A row
 * without a name is called after its classifier and what differs from the defaults; where one spec stands
 * for several rows, the values that vary are named, too.  Given names must differ; made ones that are equal
 * get a number.
 * A row that was written for another data set and does not fit this one is left out.
 * train_sizes: each row once on each number of training rows, which are nested.
 * Trials: row by row, then repeat, then fold.  All trials share the split of the experiment's seed; repeat
 * r draws its random stream from seed + r, and with folds its folds, too: the training rows are cut into
 * other folds, the validation rows stay untouched.  On one split a classifier without a random part gives the
 * same model under every seed, so without folds it runs once whatever `repeats` says. A trial's key hashes
 * what decides its outcome and nothing else: no names, no order, no thread count. */
#include "core/memory.h"
#include "core/text.h"
#include "data/dataset.h"
#include "data/encoding.h"
#include "model/encode.h"
#include "model/weights.h"
#include "study/plan_sizes.h"
#include "study/trial_key.h"
#include <shortlist/measures.h>
#include <shortlist/model.h>
#include <stdio.h>
#include <string.h>

enum { TRIALS_MAX = 1000000 };

/* Rows -------------------------------------------------------------------------------------------- */

struct maker {
    const struct sl_experiment *experiment;
    struct sl_plan *plan;
    struct sl_view shape; /* of the training part: no rows, but whether they have weights */
    int has_columns;      /* missing values or categories, or there may be */
    struct sl_plan_sizes sizes;
    struct sl_error *err;
};

/* Sets the values of the i-th member of the row's product. */
static int fill_config(const struct sl_row_spec *spec, size_t i, void *config, struct sl_error *err)
{
    const struct sl_param *table = spec->type->params;
    size_t last = 0;
    int code = SL_OK;
    sl_config_default(table, config);
    while (table[last].name)
        last++;
    for (size_t p = last; p-- > 0 && !code;) {
        const struct sl_values *values = &spec->values[p];
        if (values->n == 0)
            continue;
        code = sl_config_set(table, config, table[p].name, values->text[i % values->n], err);
        i /= values->n;
    }
    return code;
}

/* Adds " C=10" for each hyperparameter that varies over the rows of the spec and, where made is set, for
 * each that differs from its default. */
static void add_values(struct sl_string *name, const struct sl_row_spec *spec, const void *config,
                       const void *defaults, int made)
{
    const struct sl_param *table = spec->type->params;
    char text[SL_TEXT_MAX];
    for (const struct sl_param *p = table; p->name; p++) {
        int named = spec->values[p - table].n > 1 || spec->named >> (p - table) & 1;
        if (!named && !(made && !sl_param_equal(p, config, defaults)))
            continue;
        sl_param_print(p, config, text, sizeof text);
        sl_string_add(name, " %s=%s", p->name, text);
    }
}

static char *row_name(const struct sl_experiment *experiment, const struct sl_row_spec *spec,
                      const void *config, size_t n_fit)
{
    struct sl_string name = {0};
    void *defaults = sl_alloc_zero(1, spec->type->config_size);
    if (!defaults)
        return NULL;
    sl_config_default(spec->type->params, defaults);
    sl_string_add(&name, "%s", spec->name ? spec->name : spec->type->name);
    add_values(&name, spec, config, defaults, !spec->name);
    if (!spec->name && spec->scale >= 0 && spec->scale != experiment->settings.scale)
        sl_string_add(&name, " scale=%s", sl_scaling_kind_name((enum sl_scaling_kind)spec->scale));
    if (n_fit && !(experiment->part.rows > 0))
        sl_string_add(&name, " train=%zu", n_fit);
    free(defaults);
    if (name.failed)
        sl_string_release(&name);
    return name.text;
}

static void row_release(struct sl_plan_row *row)
{
    free(row->name);
    free(row->config);
    free(row->published);
}

static int is_taken(const struct sl_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->n_rows; i++)
        if (strcmp(plan->rows[i].name, name) == 0)
            return 1;
    return 0;
}

static int make_unique(struct maker *m, const struct sl_row_spec *spec, char **name)
{
    if (!*name)
        return sl_fail_memory(m->err);
    if (!is_taken(m->plan, *name))
        return SL_OK;
    if (spec->name)
        return sl_fail(m->err, SL_EUSAGE, "two rows are called '%.200s': give each its own name", *name);
    for (int n = 2;; n++) {
        char *numbered = sl_format("%s (%d)", *name, n);
        if (!numbered)
            return sl_fail_memory(m->err);
        if (!is_taken(m->plan, numbered)) {
            free(*name);
            *name = numbered;
            return SL_OK;
        }
        free(numbered);
    }
}

static int check_row(struct maker *m, const struct sl_plan_row *row)
{
    struct sl_view view = m->shape;
    int code = SL_OK;
    view.n = row->n_fit ? row->n_fit : m->sizes.n_fit;
    if ((row->type->flags & SL_NEEDS_IMAGES) && view.image.height == 0)
        code =
            sl_fail(m->err, SL_EUSAGE, "%s needs images, and the data set's rows are none", row->type->name);
    else if (sl_model_check_weights(row->type, &view, m->err))
        code = m->err->code;
    else if (sl_model_takes(row->type, &view, m->err))
        code = m->err->code;
    else if (m->has_columns && sl_model_check_gaps(row->type, &m->plan->encoding, m->err))
        code = m->err->code;
    else if (row->type->check && row->type->check(row->config, &view, m->err))
        code = sl_fail_prefix(m->err, "%s", row->type->name);
    return code ? sl_fail_prefix(m->err, "row '%.100s'", row->name) : SL_OK;
}

/* Takes the last row back; m->err says why. */
static int leave_out(struct maker *m)
{
    struct sl_plan *plan = m->plan;
    char *text = plan->left_out ? sl_format("%s\n%s", plan->left_out, m->err->text) : sl_strdup(m->err->text);
    if (!text)
        return sl_fail_memory(m->err);
    free(plan->left_out);
    plan->left_out = text;
    row_release(&plan->rows[--plan->n_rows]);
    return SL_OK;
}

/* n_fit 0: on all training rows. */
static int add_row(struct maker *m, const struct sl_row_spec *spec, size_t i, size_t n_fit)
{
    struct sl_plan_row *row = &m->plan->rows[m->plan->n_rows];
    int scale = spec->scale >= 0 ? spec->scale : m->experiment->settings.scale;
    *row = (struct sl_plan_row){.type = spec->type, .scaling = (enum sl_scaling_kind)scale, .n_fit = n_fit};
    row->config = sl_alloc_zero(1, spec->type->config_size);
    int code = row->config ? fill_config(spec, i, row->config, m->err) : sl_fail_memory(m->err);
    if (!code) {
        row->name = row_name(m->experiment, spec, row->config, n_fit);
        code = make_unique(m, spec, &row->name);
    }
    if (!code && spec->published) {
        row->published = sl_strdup(spec->published);
        code = row->published ? SL_OK : sl_fail_memory(m->err);
    }
    m->plan->n_rows++; /* counted even when it failed: the plan frees what it has */
    if (code)
        return code;
    code = check_row(m, row);
    return code && code != SL_ENOMEM && spec->optional ? leave_out(m) : code;
}

static int has_metric(const struct sl_plan_row *row, enum sl_metric_from from)
{
    return from == SL_METRIC_PROBABILITIES ? row->type->flags & SL_PROBABILITIES
           : from == SL_METRIC_SCORES      ? row->type->scores != NULL
                                           : 1;
}

/* A metric that no row can have orders nothing. */
static int check_metric(struct maker *m)
{
    const int metric = m->experiment->settings.metric;
    const struct sl_plan *plan = m->plan;
    const enum sl_metric_from from = metric < 0 ? SL_METRIC_LABELS : sl_measure_types[metric].metric;
    for (size_t r = 0; r < plan->n_rows; r++)
        if (has_metric(&plan->rows[r], from))
            return SL_OK;
    return plan->n_rows ? sl_fail(m->err, SL_EUSAGE, "metric: %s needs %s, and %s gives %s",
                                  sl_measure_types[metric].name,
                                  from == SL_METRIC_SCORES ? "scores of the classes" : "probabilities",
                                  plan->n_rows > 1 ? "no row's classifier" : plan->rows[0].type->name,
                                  plan->n_rows > 1 ? "them" : "none")
                        : SL_OK;
}

static int add_rows(struct maker *m)
{
    const struct sl_experiment *e = m->experiment;
    const size_t per_row = m->sizes.n_sizes ? m->sizes.n_sizes : 1;
    size_t n = sl_experiment_count(e) * per_row;
    int code = SL_OK;
    if (n > SL_ROWS_MAX)
        return sl_fail_rows(m->err);
    if (n == 0 && m->plan->left_out)
        return sl_fail(m->err, SL_EUSAGE, "no row is left: %.400s", m->plan->left_out);
    if (n == 0)
        return sl_fail(m->err, SL_EUSAGE, "the experiment has no rows");
    m->plan->rows = sl_alloc_zero(n, sizeof *m->plan->rows);
    if (!m->plan->rows)
        return sl_fail_memory(m->err);
    for (size_t i = 0; i < e->n_rows; i++) {
        size_t count = sl_row_spec_count(&e->rows[i]) * per_row;
        if (!code)
            code = sl_row_spec_check_steps(&e->rows[i], m->err);
        for (size_t j = 0; j < count && !code; j++)
            code = add_row(m, &e->rows[i], j / per_row, m->sizes.n_sizes ? m->sizes.sizes[j % per_row] : 0);
    }
    if (!code)
        code = check_metric(m);
    if (!code && m->plan->n_rows == 0)
        code = sl_fail(m->err, SL_EUSAGE, "no row fits the data set: %.400s", m->plan->left_out);
    return code;
}

/* Trials ------------------------------------------------------------------------------------------ */

static int repeats_of(const struct sl_settings *s, const struct sl_classifier_type *type)
{
    return s->folds || type->flags & SL_RANDOM ? s->repeats : 1;
}

static int add_trials(struct maker *m, const struct sl_dataset *data)
{
    const struct sl_settings *s = &m->experiment->settings;
    struct sl_plan *plan = m->plan;
    const struct sl_run_part *part = &m->experiment->part;
    const int folds = part->n_folds ? part->n_folds : s->folds ? s->folds : 1;
    size_t n = 0;
    for (size_t r = 0; r < plan->n_rows; r++)
        n += (size_t)(repeats_of(s, plan->rows[r].type) * folds);
    if (n > TRIALS_MAX)
        return sl_fail(m->err, SL_EUSAGE, "rows, folds and repeats make %zu trials, more than %d", n,
                       TRIALS_MAX);
    struct sl_key_texts *texts = sl_alloc(1, sizeof *texts);
    plan->trials = sl_alloc_zero(n, sizeof *plan->trials);
    if (!plan->trials || !texts) {
        free(texts);
        return sl_fail_memory(m->err);
    }
    for (size_t r = 0; r < plan->n_rows; r++) {
        const struct sl_plan_row *row = &plan->rows[r];
        for (int i = 0; i < repeats_of(s, row->type) * folds; i++) {
            struct sl_trial *t = &plan->trials[plan->n_trials++];
            *t = (struct sl_trial){
                .row = r,
                .type = row->type,
                .config = row->config,
                .scaling = row->scaling,
                .encoding = data->columns ? &plan->encoding : NULL,
                .n_train = m->sizes.n_train,
                .n_validation = m->sizes.n_validation,
                .split_seed = (uint64_t)s->seed,
                .folds = s->folds,
                .fold = part->first_fold + i % folds,
                .repeat = i / folds,
                .seed = (uint64_t)s->seed + (uint64_t)(i / folds),
                .final = s->final,
                .n_fit = row->n_fit,
                .outer = part->outer,
                .outer_fold = part->outer_fold,
            };
            sl_trial_set_key(t, m->shape.k, sl_dataset_hash(data), texts);
            sl_trial_set_stream(t, m->shape.k, sl_dataset_nameless_hash(data), texts);
        }
    }
    free(texts);
    return SL_OK;
}

/* ------------------------------------------------------------------------------------------------- */

int sl_plan_make(const struct sl_experiment *experiment, const struct sl_dataset *data, struct sl_plan **out,
                 struct sl_error *err)
{
    struct sl_error unread;
    struct maker m = {.experiment = experiment,
                      .err = err ? err : &unread,
                      .shape = sl_dataset_view(data),
                      .has_columns = data->columns != NULL};
    *out = NULL;
    int code = sl_plan_sizes_make(experiment, m.shape.n, &m.sizes, err);
    m.shape.x = NULL;
    m.shape.y = NULL;
    m.plan = sl_alloc_zero(1, sizeof *m.plan);
    if (!code && !m.plan)
        code = sl_fail_memory(err);
    if (!code)
        code = sl_settings_encoding(&experiment->settings, &m.plan->encoding, err);
    if (!code && data->columns)
        m.shape.d = sl_encoding_most(&m.plan->encoding, data->columns); /* what it is, training rows say */
    if (!code)
        code = sl_refusals_text(experiment, m.sizes.n_fit, m.shape.k, &m.plan->left_out, m.err);
    if (!code)
        code = add_rows(&m);
    if (!code)
        code = add_trials(&m, data);
    sl_plan_sizes_release(&m.sizes);
    if (code) {
        sl_plan_free(m.plan);
        return code;
    }
    *out = m.plan;
    return SL_OK;
}

void sl_plan_free(struct sl_plan *plan)
{
    if (!plan)
        return;
    for (size_t r = 0; r < plan->n_rows; r++)
        row_release(&plan->rows[r]);
    free(plan->rows);
    free(plan->trials);
    free(plan->left_out);
    free(plan);
}
