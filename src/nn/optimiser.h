/* optimiser.h - how a gradient changes the parameters: SGD with momentum, and Adam. */
#ifndef SL_NN_OPTIMISER_H
#define SL_NN_OPTIMISER_H

#include <shortlist/error.h>
#include <stddef.h>

enum sl_optimiser_kind { SL_ADAM, SL_SGD };

struct sl_optimiser_options {
    int kind; /* enum sl_optimiser_kind */
    double momentum;
    int nesterov;
    double beta_1, beta_2, epsilon;
};

struct sl_optimiser {
    struct sl_optimiser_options options;
    size_t n;       /* parameters */
    float *m, *v;   /* (n): moments; SGD uses m as velocity, NULL without momentum; owned */
    long step;      /* 1, 2, ... */
    float rate;     /* learning rate of this step, Adam's correction of the bias included */
};

int sl_optimiser_init(struct sl_optimiser *opt, const struct sl_optimiser_options *options, size_t n,
                      struct sl_error *err);
void sl_optimiser_release(struct sl_optimiser *opt);

/* Begins a step at this learning rate. */
void sl_optimiser_begin(struct sl_optimiser *opt, double learning_rate);
/* Plain SGD has no state: a gradient can be subtracted where it is computed. */
int sl_optimiser_is_plain(const struct sl_optimiser *opt);

/* Changes the parameters w[0 : n], which lie at place `at` of the block, by their gradient g + decay w.
 * Returns the sum of squares of w before the change (0 where decay is 0).  Different threads may update
 * different parameters. */
double sl_optimiser_update(const struct sl_optimiser *opt, float *w, const float *g, size_t at, size_t n,
                           float decay);

/* The sum of squares of w, in a fixed order. */
double sl_sum_of_squares(const float *w, size_t n);

#endif
