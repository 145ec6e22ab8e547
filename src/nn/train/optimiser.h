/* optimiser.h - how a gradient changes the parameters: SGD with momentum, Adam and AdamW. */
#ifndef SL_NN_OPTIMISER_H
#define SL_NN_OPTIMISER_H

#include <shortlist/error.h>
#include <stddef.h>

enum sl_optimiser_kind { SL_ADAM, SL_SGD, SL_ADAMW };

struct sl_optimiser_options {
    int kind; /* enum sl_optimiser_kind */
    double momentum;
    int nesterov;
    double beta_1, beta_2, epsilon;
    double weight_decay; /* of AdamW, beside the L2 that the others take */
};

struct sl_optimiser {
    struct sl_optimiser_options options;
    size_t n;        /* parameters */
    float *m, *v;    /* (n): moments; SGD uses m as velocity, NULL without momentum; owned */
    long step;       /* 1, 2, ... */
    float rate;      /* learning rate of this step, Adam's correction of the bias included */
    float bare_rate; /* the same without it */
};

int sl_optimiser_init(struct sl_optimiser *opt, const struct sl_optimiser_options *options, size_t n,
                      struct sl_error *err);
void sl_optimiser_release(struct sl_optimiser *opt);

/* Begins a step at this learning rate. */
void sl_optimiser_begin(struct sl_optimiser *opt, double learning_rate);
/* Plain SGD has no state: a gradient can be subtracted where it is computed. */
int sl_optimiser_is_plain(const struct sl_optimiser *opt);

/* Changes the parameters w[0 : n], which lie at place `at` of the block, by their gradient g.  decay, 0 for
 * biases, pulls them to 0: decay w is added to the gradient (L2), but AdamW takes rate decay w off the
 * weights themselves, beside its step.  Returns the sum of squares of w before the change (0 where there is
 * no L2).  Different threads may update different parameters. */
double sl_optimiser_update(const struct sl_optimiser *opt, float *w, const float *g, size_t at, size_t n,
                           float decay);

/* The sum of squares of w, in a fixed order. */
double sl_sum_of_squares(const float *w, size_t n);

#endif
