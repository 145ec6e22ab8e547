/* sgd_step.h - vectors, rows and what a step is made of, whatever the type of the rows. */
#ifndef SL_LINEAR_SGD_STEP_H
#define SL_LINEAR_SGD_STEP_H

#include "linear/sgd_loss.h"
#include "linear/sgd_options.h"
#include <shortlist/view.h>
#include <stddef.h>
#include <stdint.h>

/* What the vectors of one setting have in common. */
struct sl_sgd_rule {
    const struct sl_sgd_options *options;
    double l1_ratio, t0;
    size_t number; /* of the settings that are trained together */
};

/* One binary problem: a class against the rest. */
struct sl_sgd_learner {
    const struct sl_sgd_rule *rule;
    int class_number;
    float *v; /* (ld) w = scale v */
    float *q; /* (ld) L1 penalty that each weight has received, NULL without */
    double scale, b;
    double u;   /* L1 penalty that each weight should have received */
    double eta; /* adaptive: of this class */
    double weight_own, weight_rest;
    double sum_loss, best; /* best: least sum of losses, or highest accuracy */
    double accuracy;       /* on the rows held out */
    int stalled;           /* epochs without improvement */
    int stopped, finite;
};

/* What a pass reads of the training. */
struct sl_sgd_rows {
    const struct sl_view *view;
    const uint32_t *list;  /* (view->n) where rows stand in view->x, or NULL; dense rows only */
    const int32_t *number; /* (view->n) class numbers */
    size_t ld;
    size_t step; /* dense rows that are scored together: with the L1 penalty 1 */
    int bytes;   /* bytes that are multiplied by a scale: their products with each other are exact */
    double unit; /* what a row's values are multiplied by */
};

#define SL_SGD_SCALE_MIN 1e-9 /* where the scale is multiplied into the vector */

/* Keeps one wild row from overflowing the weights; NaN stays. */
static inline double sl_sgd_bound(double dloss)
{
    const double most = 1e12;
    return dloss > most ? most : dloss < -most ? -most : dloss;
}

static inline int sl_sgd_is_passive(const struct sl_sgd_options *options)
{
    return options->learning_rate >= SL_SGD_PA1;
}

/* The passive-aggressive step of a row of squared norm `norm`, as a derivative for a rate of 1. */
static inline double sl_sgd_passive(const struct sl_sgd_options *options, double loss, double y, double norm)
{
    if (options->learning_rate == SL_SGD_PA2)
        return -y * loss / (norm + 0.5 / options->C);
    return norm > 0 ? -y * fmin(options->C, loss / norm) : 0;
}

/* The learning rate of step t, for all schedules but adaptive. */
static inline double sl_sgd_rate(const struct sl_sgd_rule *rule, double t)
{
    const struct sl_sgd_options *options = rule->options;
    switch (options->learning_rate) {
    case SL_SGD_OPTIMAL:
        return 1 / (options->alpha * (rule->t0 + t));
    case SL_SGD_INVSCALING:
        return options->eta0 / pow(t + 1, options->power_t);
    default:
        return options->eta0;
    }
}

/* A step's rate, and what it multiplies the weights by. */
static inline void sl_sgd_set_rate(const struct sl_sgd_rule *rule, double rate, double *eta, double *decay)
{
    const struct sl_sgd_options *options = rule->options;
    const double left = 1 - (1 - rule->l1_ratio) * rate * options->alpha;
    *eta = rate;
    *decay = options->penalty < SL_SGD_L2 ? 1 : left > 0 ? left : 0;
}

static inline void sl_sgd_fold_scale(struct sl_sgd_learner *learner, size_t ld)
{
    for (size_t j = 0; j < ld; j++)
        learner->v[j] *= (float)learner->scale;
    learner->scale = 1;
}

/* Draws weight j towards 0 by the penalty u that it has not received yet, and not beyond. */
static inline void sl_sgd_apply_l1(struct sl_sgd_learner *learner, float u, float scale, size_t j)
{
    float *v = learner->v, *q = learner->q;
    float before = v[j], less = before - (u + q[j]) / scale, more = before + (u - q[j]) / scale;
    float after = before > 0 ? (less > 0 ? less : 0) : before < 0 ? (more < 0 ? more : 0) : before;
    q[j] += scale * (after - before);
    v[j] = after;
}

#endif
