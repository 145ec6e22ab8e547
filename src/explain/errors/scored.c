/* scored.c - scored rows: a model's, and what their scores come to.  Cost: one prediction of all rows. */
#include "core/memory.h"
#include "core/text.h"
#include "data/dataset.h"
#include "explain/errors/errors.h"
#include <math.h>
#include <string.h>

void sl_scored_rows_release(struct sl_scored_rows *s)
{
    for (size_t i = 0; i < s->n_rivals; i++)
        free(s->rivals[i].name);
    free(s->rivals);
    free(s->name);
    free(s->classes);
    free(s->truth);
    free(s->predicted);
    free(s->scores);
    free(s->margin);
    free(s->row);
    free(s->wrong_by);
    free(s->wrong_in);
    sl_dataset_free(s->own);
    *s = (struct sl_scored_rows){0};
}

size_t sl_scored_row(const struct sl_scored_rows *scored, size_t i)
{
    return scored->row ? scored->row[i] : i;
}

double sl_scored_score(const struct sl_scored_rows *s, size_t i, int class)
{
    return s->scores && class < s->width ? (double)s->scores[i * (size_t)s->width + (size_t) class] : NAN;
}

int sl_scored_margins(struct sl_scored_rows *s, struct sl_error *err)
{
    s->margin = sl_alloc(s->n, sizeof *s->margin);
    if (!s->margin)
        return sl_fail_memory(err);
    for (size_t i = 0; i < s->n; i++) {
        double first = -INFINITY, second = -INFINITY;
        for (int c = 0; c < s->width; c++) {
            const double score = (double)s->scores[i * (size_t)s->width + (size_t)c];
            second = fmax(second, fmin(first, score));
            first = fmax(first, score);
        }
        /* Of one class alone, or of others without training rows: as far from a boundary as can be. */
        s->margin[i] = second == -INFINITY ? INFINITY : first - second;
    }
    return SL_OK;
}

/* Keeps the rows of known classes: row (n). */
static int take_known(struct sl_scored_rows *s, const int32_t *truth, size_t n, struct sl_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (truth[i] >= 0) {
            s->row[s->n] = (uint32_t)i;
            s->truth[s->n++] = truth[i];
        }
    s->unknown = n - s->n;
    return s->n ? SL_OK
                : sl_fail(err, SL_EDATA, "%s: no row is of a class that the model knows",
                          sl_dataset_name(s->data));
}

static int predict(struct sl_scored_rows *s, const struct sl_model *model, const struct sl_view *view,
                   int threads, struct sl_error *err)
{
    int code = sl_model_predict(model, view, threads, s->predicted, err);
    if (code || !sl_model_type(model)->scores)
        return code;
    s->width = s->k;
    s->probabilities = sl_model_type(model)->flags & SL_PROBABILITIES ? 1 : 0;
    s->scores = sl_alloc(view->n, (size_t)s->k * sizeof *s->scores);
    return s->scores ? sl_model_scores(model, view, threads, s->scores, err) : sl_fail_memory(err);
}

/* Closes the gaps that rows of unknown classes leave. */
static void close_gaps(struct sl_scored_rows *s)
{
    for (size_t i = 0; i < s->n; i++) {
        s->predicted[i] = s->predicted[s->row[i]];
        if (s->scores)
            memmove(s->scores + i * (size_t)s->width, s->scores + (size_t)s->row[i] * (size_t)s->width,
                    (size_t)s->width * sizeof *s->scores);
    }
}

static int copy_classes(struct sl_scored_rows *s, const struct sl_model *model)
{
    s->k = sl_model_classes(model);
    const char **names = sl_alloc((size_t)s->k, sizeof *names);
    for (int c = 0; c < s->k && names; c++)
        names[c] = sl_model_class(model, c);
    s->classes = names ? sl_names_copy(names, (size_t)s->k) : NULL;
    free(names);
    return s->classes ? 0 : -1;
}

static int look_for_own_rows(struct sl_scored_rows *s, const struct sl_model *model,
                             const struct sl_view *view, struct sl_error *err)
{
    struct sl_warnings warnings = {0};
    int code = sl_model_warn(model, view, &warnings, err);
    for (size_t i = 0; i < warnings.n; i++)
        s->seen |= warnings.list[i].id == SL_WARNING_own_rows;
    sl_warnings_release(&warnings);
    return code;
}

int sl_scored_rows_of_model(const struct sl_model *model, const struct sl_dataset *data, const int32_t *truth,
                            int threads, struct sl_scored_rows *s, struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(data);
    *s = (struct sl_scored_rows){.data = data, .repeat = 1, .repeats = 1};
    s->truth = sl_alloc(view.n, sizeof *s->truth);
    s->predicted = sl_alloc(view.n, sizeof *s->predicted);
    s->row = sl_alloc(view.n, sizeof *s->row);
    s->name = sl_strdup(sl_model_type(model)->name);
    int code = s->name && s->truth && s->predicted && s->row && !copy_classes(s, model)
                   ? take_known(s, truth, view.n, err)
                   : sl_fail_memory(err);
    if (!code)
        code = predict(s, model, &view, threads, err);
    if (!code) {
        close_gaps(s);
        code = look_for_own_rows(s, model, &view, err);
    }
    if (!code && s->scores)
        code = sl_scored_margins(s, err);
    if (code)
        sl_scored_rows_release(s);
    return code;
}
