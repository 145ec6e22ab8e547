/* run.h - running the trials of an experiment that the store does not hold. */
#ifndef SHORTLIST_RUN_H
#define SHORTLIST_RUN_H

#include <shortlist/api.h>
#include <shortlist/experiment.h>
#include <shortlist/outcome.h>
#include <shortlist/scores.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

struct sl_progress {
    size_t done, total, held;         /* held: taken from the store */
    const char *row;                  /* name of the row at work or just done */
    const struct sl_outcome *outcome; /* NULL: a trial begins; else it has just ended */
    const struct sl_epoch *epoch;     /* not NULL: a curve point of the trial at work */
    double elapsed, eta;              /* seconds; eta NaN while unknown */
};

struct sl_run_options {
    const char *out;      /* folder of the store and the studies; NULL: "results" */
    int jobs;             /* trials at a time, >= 1 (0: 1) */
    int threads;          /* of a trial; 0: the cores divided by jobs */
    double time_limit;    /* seconds a trial; 0: none */
    int64_t memory_limit; /* bytes a trial; 0: none */
    int save_models;      /* write OUT/STUDY/models/ROW.slm */
    /* With save_models: models with probabilities keep the temperature of least log loss on the validation
     * rows (calibration.h).  SL_EUSAGE without such rows.  Scores and outcomes are those of before. */
    int calibrate;
    /* Folders where fits find, and leave, what fits of more epochs go on from (struct sl_fit_state); NULL:
     * they do neither.  Of runs of one process; no outcome depends on them but by its times. */
    const char *states_from, *states_to;
    int separate; /* fit every trial by itself, also those that could share work */
    enum sl_keep_scores keep_scores;
    int shard,
        shards;    /* runs a part of the trials, as the shard-th (from 0) of so many runs that know nothing of
                      each other, each with a store of its own: sl_study_merge; shards 0: all */
    double budget; /* seconds for the whole run, which leaves out what is behind or does not fit; 0: none. The
                      same run without it does the rest */
    const char *estimates; /* NULL, or a file of sl_estimate: deals shards, and tells the time that is left */
    int retry;             /* run trials again that the store holds as not ok */
    const volatile sig_atomic_t *cancel; /* NULL, or raised by a signal handler: stop cleanly */
    void (*progress)(void *arg, const struct sl_progress *progress); /* NULL: silent */
    void *arg;
};

struct sl_run_summary {               /* of the shard's trials */
    size_t trials, held, run, failed; /* failed: of all trials, those not ok */
    int interrupted;
    int served;          /* as a rank of MPI other than 0, whose store it is: there is nothing to show */
    char left_out[1536]; /* as in struct sl_plan; "": none */
    char cut[512];       /* what the budget left out, as a sentence; "": nothing */
    char scores[256];    /* that fewer scores are kept than of all classes, and why; "": they are not */
};

/* Runs the trials that the store does not hold yet, one child process each.  Trials that fail do not
 * fail the run.  Call it before the process starts any thread.
 * Started by mpirun, rank 0 does so with the help of the others, which are here until it is done. */
int sl_run(const struct sl_experiment *experiment, const struct sl_run_options *options,
           struct sl_run_summary *summary, struct sl_error *err);

SL_API_END
#endif
