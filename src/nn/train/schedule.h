/* schedule.h - the learning rate of each step: a pure function of how far the training has come. */
#ifndef SL_NN_SCHEDULE_H
#define SL_NN_SCHEDULE_H

#include <stddef.h>

enum sl_schedule_kind {
    SL_RATE_CONSTANT,
    SL_RATE_INVSCALING, /* rate / (rows seen + 1)^power_t, anew every epoch */
    SL_RATE_ADAPTIVE,   /* constant; the trainer divides it by 5 where the fit would have ended */
    SL_RATE_STEP,       /* times gamma after every step_size epochs */
    SL_RATE_COSINE,     /* half a wave of the cosine from rate to 0, anew every step */
    SL_RATE_ONE_CYCLE,  /* up to rate over pct_start of the steps, then down as the cosine */
};

struct sl_schedule {
    int kind; /* enum sl_schedule_kind */
    double rate, power_t, gamma, pct_start;
    int step_size;
};

/* How far the training has come: epochs before this one, of at most epochs, and steps of this one before
 * this step, of steps. */
struct sl_moment {
    size_t epoch, epochs, step, steps, rows; /* rows: of an epoch */
};

double sl_schedule_rate(const struct sl_schedule *schedule, const struct sl_moment *at);

#endif
