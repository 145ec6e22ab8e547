/* eta.h - how long a run goes on, by estimates of its trials and by what has come of them so far. */
#ifndef SL_STUDY_ETA_H
#define SL_STUDY_ETA_H

struct sl_eta {
    double done, rest;    /* estimated seconds of trials that ended in this run; of those to come */
    double told, elapsed; /* seconds since the run began: when the last trial ended, and now */
    int width;            /* trials at a time */
};

/* Seconds left; never negative.  NaN where nothing is known. */
double sl_eta_left(const struct sl_eta *eta);

#endif
