/* outcome.h - what came of a trial. */
#ifndef SHORTLIST_OUTCOME_H
#define SHORTLIST_OUTCOME_H

#include <shortlist/api.h>
#include <shortlist/classifier.h>
#include <shortlist/scores.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

enum sl_trial_status {
    SL_TRIAL_OK,
    SL_TRIAL_FAILED,      /* the classifier said why */
    SL_TRIAL_CRASHED,     /* a signal killed it */
    SL_TRIAL_TIMEOUT,     /* --time-limit */
    SL_TRIAL_MEMORY,      /* --memory-limit, or an allocation failed */
    SL_TRIAL_DIVERGED,    /* loss or weights not finite */
    SL_TRIAL_INTERRUPTED, /* cancelled; the model so far is kept where models are saved.  Runs again next time
                           */
    SL_TRIAL_MISSING,     /* planned, not run yet */
};
const char *sl_trial_status_name(enum sl_trial_status status); /* "ok", "failed", ... */

struct sl_outcome {
    enum sl_trial_status status;
    char reason[256]; /* "" when ok */
    int fold, repeat; /* of the trial */
    uint64_t seed;
    size_t n_train, n_validation;          /* rows fitted, rows scored */
    double fit_time, score_time, cpu_time; /* seconds, of several runs their median; NaN: not measured */
    double fit_time_mean, fit_time_std, fit_time_min, fit_time_max; /* over the runs; NaN: one run only */
    double score_time_mean, score_time_std, score_time_min, score_time_max;
    int fit_runs, score_runs; /* timing runs that count; -1: not known */
    double latency;           /* median seconds to predict one row alone; NaN: not measured */
    int shared;               /* the times were measured beside other trials (--jobs) */
    int group; /* fitted in one process with so many trials, itself among them: times are its own and its
                  share of what the group shares, the peak is the group's.  -1: by itself */
    int threads;
    int64_t peak_memory;               /* bytes above the start of the trial; -1: not measured */
    int64_t model_bytes;               /* -1: not measured */
    int n_iter, converged;             /* as in struct sl_fit_report */
    double objective;                  /* NaN: none */
    double train_accuracy;             /* of the fitted model; NaN: not asked for */
    double oob_accuracy;               /* on training rows that trees were not grown on; NaN: not measured */
    double log_loss;                   /* NaN: the classifier gives no probabilities */
    double roc_auc, average_precision; /* NaN: it gives no scores, or the scored rows are of one class */
    int32_t *predicted;                /* (n_validation), NULL unless ok and scored */
    const int32_t *truth; /* (n_validation), shared by outcomes of the same split, owned by the study */
    size_t n_curve;
    struct sl_epoch *curve;  /* (n_curve) */
    struct sl_scores scores; /* of a trial that has just ended; those in the store: sl_study_scores */
    char key[33];            /* in the store; "" until it stands there */
    char split[33];          /* names the rows that were fitted and scored, and the data; "" likewise */
};

SL_API_END
#endif
