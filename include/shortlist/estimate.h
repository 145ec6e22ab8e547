/* estimate.h - what a run will take, told from small samples before it runs; and what its rows would take on
 * more rows than it had. */
#ifndef SHORTLIST_ESTIMATE_H
#define SHORTLIST_ESTIMATE_H

#include <shortlist/api.h>
#include <shortlist/experiment.h>
#include <shortlist/run.h>

SL_API_BEGIN

/* A row of the table to be.  NaN: not known, and reason says why. */
struct sl_estimated_row {
    char *name;
    const char *classifier;
    size_t trials, held; /* held: the store has their outcomes */
    int group;           /* trials that are fitted together; 1: each by itself */
    size_t n_train, n_validation;
    double fit_time, score_time; /* seconds of one trial; in a group its share */
    double seconds;              /* of all trials that are to be run, with what is not measured */
    double peak_memory;          /* bytes of one trial above its start; of a group the group's */
    double error;                /* the times may be wrong by this factor, the larger of both ways */
    int over_time, over_memory;  /* it will not keep the limits of the options */
    char reason[256];
};

/* Free it with sl_estimation_free. */
struct sl_estimation {
    size_t n_rows, trials, held, units; /* units: processes that are to be run */
    struct sl_estimated_row *rows;      /* (n_rows), in the plan's order */
    double seconds;                     /* of the run, on jobs at a time */
    double longest;                     /* of its units, in seconds */
    double peak_memory;                 /* bytes: the largest of a row */
    double memory;                      /* bytes of the whole run: data, copies of rows, peaks */
    size_t unknown;                     /* rows without an estimate */
    double took;                        /* seconds that estimating took */
    char left_out[1536];                /* as in struct sl_run_summary */
};

/* Fits each row's classifier on samples of its rows, in processes as trials are, and follows the growth of
 * time and memory to the whole.  Writes nothing to the store; file: NULL, or where to keep the estimates of
 * all trials, for runs to read.  Call it before the process starts any thread.  SL_ECANCELLED where the
 * options' flag ended it. */
int sl_estimate(const struct sl_experiment *experiment, const struct sl_run_options *options,
                const char *file, struct sl_estimation **out, struct sl_error *err);
void sl_estimation_free(struct sl_estimation *estimation);

/* A number with the factor that it may be wrong by, either way: from value / error to value * error. */
struct sl_extrapolated {
    double value, error; /* NaN: not known */
};

/* A row of a study, fitted on other numbers of rows. */
struct sl_extrapolated_row {
    char *name;
    struct sl_extrapolated fit_time,
        score_time;                     /* seconds of one trial by itself, and to score as many rows */
    struct sl_extrapolated peak_memory; /* bytes */
    double growth;    /* exponent of the time to fit and score, from half as many rows on: 1 is linear */
    char reason[256]; /* "", or why nothing is known */
};

/* Free it with sl_extrapolation_free. */
struct sl_extrapolation {
    size_t n_train; /* rows that are fitted */
    size_t n_rows;
    struct sl_extrapolated_row *rows; /* (n_rows), the experiment's */
    double time_bound, memory_bound;  /* seconds, bytes: more is called too much */
    int time_is_limit,
        memory_is_limit; /* they are the options' limits; else an hour, and this machine's memory */
    double took;         /* seconds */
};

/* What the rows of an experiment that has run would take on n_train training rows, which need not exist: each
 * classifier is fitted on samples of doubled sizes, and the growth of time and memory, with what the study in
 * the options' store has measured as the last size, is followed to n_train.  Writes nothing to the store.
 * Call it before the process starts any thread.  SL_EUSAGE under mpirun, SL_ECANCELLED where the options'
 * flag ended it. */
int sl_extrapolate(const struct sl_experiment *experiment, const struct sl_run_options *options,
                   size_t n_train, struct sl_extrapolation **out, struct sl_error *err);
void sl_extrapolation_free(struct sl_extrapolation *extrapolation);
/* SL_EUSAGE, where sl_extrapolate could not run: before the trials do. */
int sl_extrapolate_check(struct sl_error *err);

SL_API_END
#endif
