/* logistic_member.c - one fit of a group: its problems, their descents, its model. */
#include "linear/logistic_member.h"
#include "core/memory.h"
#include "kernels/skinny.h"
#include "linear/logistic_columns.h"
#include <math.h>
#include <string.h>

double sl_logistic_member_bytes(size_t d, int k)
{
    const size_t n = sl_lanes(d) + 1;
    return (double)k * (double)(sl_descent_bytes(n) + n * sizeof(double)) +
           sl_logistic_columns_bytes(d, (double)k);
}

static int descent_init(struct sl_logistic_descent *t, struct sl_logistic_member *m, size_t v,
                        const struct sl_view *rows, double *wide)
{
    const int multinomial = sl_logistic_is_multinomial(m->options, m->classes->m), classes = m->classes->m;
    const int own = multinomial ? -1 : classes == 2 ? 1 : (int)v;
    const int vectors = multinomial ? classes : 1;
    const size_t n = (size_t)vectors * (sl_lanes(rows->d) + 1);
    float *weights = m->weights + v * (size_t)classes;
    size_t fitted = 0;
    for (int c = 0; c < classes; c++)
        fitted += m->classes->count[c];
    sl_logistic_weights(m->options, m->classes, fitted, own, wide);
    for (int c = 0; c < classes; c++)
        weights[c] = (float)wide[c];
    t->member = m;
    t->lbfgs = sl_logistic_descent(m->options, n);
    t->x = sl_alloc_zero(n, sizeof *t->x);
    t->descent = t->x ? sl_descent_new(&t->lbfgs, t->x, &t->report) : NULL;
    if (!t->descent)
        return SL_ENOMEM;
    t->running = t->under_way = 1;
    t->problem = (struct sl_logistic_problem){.part = m->part,
                                              .classes = m->classes,
                                              .vectors = vectors,
                                              .own = own,
                                              .weight = weights,
                                              .penalty = 1 / m->options->C,
                                              .fit_intercept = m->options->fit_intercept,
                                              .x = t->x,
                                              .g = sl_descent_gradient(t->descent)};
    memset(t->problem.g, 0, n * sizeof *t->problem.g); /* the padding stays zero */
    return SL_OK;
}

int sl_logistic_member_init(struct sl_logistic_member *m, const struct sl_view *rows)
{
    const int multinomial = sl_logistic_is_multinomial(m->options, m->classes->m);
    m->model = sl_linear_new(m->classes, rows, multinomial ? SL_LINK_SOFTMAX : SL_LINK_OVR, multinomial);
    if (!m->model)
        return SL_ENOMEM;
    m->n_descents = m->model->vectors == 0 ? 0 : multinomial ? 1 : (size_t)m->model->vectors;
    m->n_running = m->n_descents;
    m->descents = sl_alloc_zero(m->n_descents, sizeof *m->descents);
    m->weights = sl_alloc(m->n_descents * (size_t)m->classes->m, sizeof *m->weights);
    double *wide = sl_alloc((size_t)m->classes->m, sizeof *wide);
    int code = m->descents && m->weights && wide ? SL_OK : SL_ENOMEM;
    for (size_t v = 0; v < m->n_descents && !code; v++)
        code = descent_init(&m->descents[v], m, v, rows, wide);
    free(wide);
    return code;
}

void sl_logistic_member_release(struct sl_logistic_member *m)
{
    for (size_t v = 0; m->descents && v < m->n_descents; v++) {
        sl_descent_free(m->descents[v].descent);
        free(m->descents[v].x);
        free(m->descents[v].curve);
    }
    free(m->descents);
    free(m->weights);
    sl_linear_free(m->model);
    m->descents = NULL;
    m->weights = NULL;
    m->model = NULL;
}

struct sl_epoch *sl_logistic_join_curves(const struct sl_logistic_member *m, size_t *n)
{
    *n = 0;
    for (size_t v = 0; v < m->n_descents; v++)
        *n += m->descents[v].n_curve;
    struct sl_epoch *all = *n ? sl_alloc(*n, sizeof *all) : NULL, *next = all;
    for (size_t v = 0; all && v < m->n_descents; v++) {
        const struct sl_logistic_descent *t = &m->descents[v];
        if (t->n_curve)
            memcpy(next, t->curve, t->n_curve * sizeof *next);
        next += t->n_curve;
    }
    return all;
}

int sl_logistic_set_model(struct sl_logistic_member *m, struct sl_fit_report *report)
{
    int code = SL_OK;
    for (size_t v = 0; v < m->n_descents && !code; v++) {
        const struct sl_logistic_descent *t = &m->descents[v];
        const size_t vectors = (size_t)t->problem.vectors, ld = (t->lbfgs.n / vectors) - 1;
        if (t->report.stop == SL_LBFGS_DIVERGED)
            return SL_EDIVERGED;
        for (size_t c = 0; c < vectors && !code; c++)
            code = sl_linear_set(m->model, (int)(v + c), t->x + c * ld, t->x[vectors * ld + c], NULL);
        sl_logistic_add_report(m->options, &t->report, report);
    }
    return code;
}

int sl_logistic_note_iteration(struct sl_logistic_descent *t)
{
    const size_t n = t->n_curve;
    const struct sl_classes *classes = t->problem.classes;
    double rows = 0;
    if ((size_t)t->report.iterations == n)
        return 1;
    if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4 ... */
        struct sl_epoch *more = sl_realloc(t->curve, n ? 2 * n : 1, sizeof *more);
        if (!more)
            return 0;
        t->curve = more;
    }
    for (int c = 0; c < classes->m; c++)
        rows += (double)classes->count[c];
    t->curve[t->n_curve++] = (struct sl_epoch){.epoch = t->report.iterations,
                                               .train_loss = t->problem.loss / rows,
                                               .train_accuracy = NAN,
                                               .validation_loss = NAN,
                                               .validation_accuracy = NAN,
                                               .learning_rate = NAN,
                                               .seconds = t->member->spent.seconds};
    return 1;
}
