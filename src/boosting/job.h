/* job.h - what is fitted, how, and what comes of it. */
#ifndef SL_BOOSTING_JOB_H
#define SL_BOOSTING_JOB_H

#include "boosting/model.h"
#include "boosting/step.h"
#include <shortlist/rng.h>

enum sl_boost_early { SL_BOOST_EARLY_AUTO, SL_BOOST_EARLY_YES, SL_BOOST_EARLY_NO };

/* Classifiers keep it in their configuration, so a number is an int or a double. */
struct sl_boost_options {
    struct sl_boost_limits limits;
    double learning_rate;
    int max_iter, max_bins;
    int early_stopping; /* enum sl_boost_early; auto: with more than 10,000 rows */
    double validation_fraction, tol;
    int n_iter_no_change;
    int balanced; /* classes count alike */
};

/* One iteration: of the training rows, and of those that are watched (NaN: none). */
struct sl_boost_point {
    int iteration; /* 1, 2, ... */
    double train_loss, train_accuracy, watched_loss, watched_accuracy;
};

struct sl_boost_job {
    const struct sl_view *x;
    const uint32_t *rows; /* (n) of x that are fitted; NULL: all */
    size_t n;
    const struct sl_view *watch; /* NULL, or labelled rows whose loss is reported */
    const uint32_t *watch_rows;  /* (n_watch) of them; NULL: all */
    size_t n_watch;
    const struct sl_rng *rng; /* nothing is drawn from it itself */
    int threads;
    const volatile sig_atomic_t *cancel; /* raised: the fit ends with the iterations that it has */
    /* NULL, or called after each iteration; a value other than 0 ends the fit. */
    int (*on_point)(void *arg, const struct sl_boost_point *point);
    void *arg;
};

struct sl_boost_result {
    struct sl_boost *model;  /* the caller's */
    int stopped_early;       /* 1: by the rule; 0: by max_iter or otherwise; -1: there was no rule */
    double loss;             /* of the training rows, at the end */
    double aside, aside_cpu; /* seconds that watched rows and on_point took */
};

#endif
