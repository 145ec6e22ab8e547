/* notes.h - what a table for people says under its rows. */
#ifndef SL_SHOW_NOTES_H
#define SL_SHOW_NOTES_H

#include "show/grid.h"
#include <shortlist/show.h>

/* What the cells need to know of the table, and what they ask the notes to explain. */
struct sl_table_context {
    const struct sl_table *table;
    int digits; /* decimals of a score */
    int any_std, any_out_of_bag, any_published, any_published_train, any_published_time;
    int any_evaluated;               /* a row has a train_accuracy */
    int any_epoch;                   /* one was published, and the last epoch's is the nearest to it */
    int bars, ranked;                /* drawn beside scores; ranks are known */
    int extrapolated;                /* to another number of training rows */
    int failures;                    /* rows with a status */
    int tied, alone;                 /* rows tied with the best; rows that could not be compared */
    int unscored;                    /* the study has no rows to score */
    int no_width;                    /* an interval of one value, by the bootstrap */
    int no_interval;                 /* of a row that has the metric */
    int outside;                     /* a published number lies outside our interval */
    int runs_least, runs_most;       /* timing runs behind a time, over all rows; 0: no time was measured */
    int shared, grouped;             /* a time has the mark ~, or + */
    int threads_least, threads_most; /* over all rows */
    int threads_differ;
    char missing[SL_N_MEASURES]; /* shown, and some row has no such number */
    int out_of_memory;
};

/* Fills in what all rows say; context->table is set. */
void sl_table_look_over(struct sl_table_context *context);

/* Notes on the marks, on the columns that the grid has, and on the rows that failed. */
void sl_table_notes(const struct sl_table_context *context, struct sl_grid *grid);

#endif
