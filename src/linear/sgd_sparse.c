/* sgd_sparse.c - one epoch of stochastic gradient descent on sparse rows; see sgd.c.
 *
 * O(entries) a class: a step touches the weights of its row's features alone.  The L1 penalty (Tsuruoka,
 * Tsujii and Ananiadou, ACL 2009) of all steps since reaches a weight when its feature occurs again, before
 * the row is scored, and all weights at the end of the epoch.  With penalty=l1 that is what dense rows give,
 * but for rounding; with elasticnet a weight has also shrunk in between, so that the path differs a little.
 */
#include "linear/sgd_sparse.h"
#include "kernels/sparse_row.h"
#include "linear/sgd_step.h"

static double squared_norm(const struct sl_sparse_row *x)
{
    double sum = 0;
    for (size_t e = 0; e < x->n; e++)
        sum += (double)x->value[e] * (double)x->value[e];
    return sum;
}

static void step(const struct sl_sgd_rows *rows, struct sl_sgd_learner *learner, size_t i, double rate)
{
    const struct sl_sgd_options *options = learner->rule->options;
    const struct sl_sparse_row x = sl_view_row(rows->view, i);
    const int own = rows->number[i] == learner->class_number;
    double eta, decay, y = own ? 1 : -1;
    for (size_t e = 0; learner->q && e < x.n; e++)
        sl_sgd_apply_l1(learner, (float)learner->u, (float)learner->scale, x.column[e]);
    double p = learner->scale * sl_srow_dot(&x, learner->v) + learner->b;
    double dloss = sl_sgd_dloss(options->loss, p, y);
    sl_sgd_set_rate(learner->rule, options->learning_rate == SL_SGD_ADAPTIVE ? learner->eta : rate, &eta,
                    &decay);
    const double loss = sl_sgd_loss(options->loss, p, y);
    learner->sum_loss += loss;
    if (sl_sgd_is_passive(options) && loss > 0)
        dloss = sl_sgd_passive(options, loss, y, squared_norm(&x));
    learner->scale *= decay;
    if (learner->scale < SL_SGD_SCALE_MIN)
        sl_sgd_fold_scale(learner, rows->ld);
    if (dloss != 0) {
        double update = -eta * sl_sgd_bound(dloss) * (own ? learner->weight_own : learner->weight_rest);
        sl_srow_add(learner->v, (float)(update / learner->scale), &x);
        if (options->fit_intercept)
            learner->b += update;
    }
    if (learner->q)
        learner->u += learner->rule->l1_ratio * eta * options->alpha;
}

static void prefetch_row(const struct sl_view *view, size_t i)
{
    const struct sl_sparse_row x = sl_view_row(view, i);
    for (size_t e = 0; e < x.n && e < 512; e += 16) {
        __builtin_prefetch(x.column + e);
        __builtin_prefetch(x.value + e);
    }
}

void sl_sgd_train_sparse(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners, size_t n_learners,
                         const uint32_t *order, size_t n, double t)
{
    enum { AHEAD = 2 };
    for (size_t i = 0; i < n; i++) {
        double rate = 0;
        if (i + AHEAD < n)
            prefetch_row(rows->view, order[i + AHEAD]);
        for (size_t v = 0; v < n_learners; v++) {
            if (v == 0 || learners[v]->rule != learners[v - 1]->rule)
                rate = sl_sgd_rate(learners[v]->rule, t + (double)i);
            step(rows, learners[v], order[i], rate);
        }
    }
    for (size_t v = 0; v < n_learners; v++) {
        struct sl_sgd_learner *learner = learners[v];
        for (size_t j = 0; learner->q && j < rows->view->d; j++)
            sl_sgd_apply_l1(learner, (float)learner->u, (float)learner->scale, j);
    }
}

void sl_sgd_validate_sparse(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners,
                            size_t n_learners, const uint32_t *order, size_t n)
{
    for (size_t v = 0; v < n_learners; v++) {
        struct sl_sgd_learner *learner = learners[v];
        size_t right = 0;
        for (size_t i = 0; i < n; i++) {
            const struct sl_sparse_row x = sl_view_row(rows->view, order[i]);
            double p = learner->scale * sl_srow_dot(&x, learner->v) + learner->b;
            right += (p > 0) == (rows->number[order[i]] == learner->class_number);
        }
        learner->accuracy = n ? (double)right / (double)n : 0;
    }
}
