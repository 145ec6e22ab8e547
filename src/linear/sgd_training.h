/* sgd_training.h - what is kept while linear classifiers are trained by stochastic gradient descent. */
#ifndef SL_LINEAR_SGD_TRAINING_H
#define SL_LINEAR_SGD_TRAINING_H

#include "core/barrier.h"
#include "linear/sgd_fit.h"
#include "linear/sgd_pass.h"

/* The vectors of one setting, and the fits that differ in max_iter alone. */
struct sl_sgd_descent {
    struct sl_sgd_rule rule;
    struct sl_sgd_learner *learners; /* (vectors) */
    struct sl_sgd_fit *fits;         /* (n_fits) */
    size_t n_fits, n_ended;
    size_t n_active; /* learners of this epoch */
};

struct sl_sgd_training {
    const struct sl_view *train;
    const struct sl_classes *classes;
    const struct sl_sgd_options *options; /* the first fit's: for what is the same in all */
    const struct sl_linear_run *run;
    struct sl_sgd_rows rows;
    size_t n, n_held_out;         /* rows to train on, rows to validate on */
    uint32_t *order, *next_order; /* (n) */
    uint32_t *held_out;           /* (n_held_out) */
    struct sl_sgd_descent *descents;
    size_t n_descents;
    int vectors;                     /* of a descent */
    struct sl_sgd_learner *learners; /* (n_descents, vectors) */
    struct sl_sgd_learner **active;  /* (n_active) that have not stopped, by descent */
    size_t n_active;
    float *memory;                /* all v and q */
    struct sl_sgd_chunk **chunks; /* (threads); dense rows */
    double t, last;               /* steps done; when the last epoch ended */
    int epoch, over, code;
    int threads; /* as many as an epoch is worth */
    struct sl_barrier barrier;
    _Atomic size_t next; /* task of this epoch */
    struct sl_error *err;
};

/* Descents, learners at 0, the rows held out and the order of the others. */
int sl_sgd_training_init(struct sl_sgd_training *tr, const struct sl_view *train, const uint32_t *list,
                         const struct sl_classes *classes, struct sl_sgd_fit *fits, size_t n,
                         struct sl_error *err);
void sl_sgd_training_release(struct sl_sgd_training *tr);

#endif
