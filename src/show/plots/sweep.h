/* sweep.h - which hyperparameters of a classifier's rows were swept, and where each row stands. */
#ifndef SL_SHOW_SWEEP_H
#define SL_SHOW_SWEEP_H

#include "core/json_text.h"
#include <shortlist/show.h>

enum {
    SL_SWEEP_SERIES = 64,
    SL_SWEEP_VALUES = 200,
    SL_SWEEP_PANELS = 12
}; /* at most; others are not drawn */

struct sl_sweep_point {
    const struct sl_table_row *row;
    json_t *params;
    double x; /* NaN: a word */
    char series[160], panel[96];
    int series_number, panel_number;
};

struct sl_sweep {
    struct sl_sweep_point *points; /* (n) */
    size_t n;
    const char *key;             /* of the x axis; in the first point's params */
    const char *second, *third;  /* others that were swept: of the lines, or of a heat map's upright axis, and
                                    of  the panels; NULL: there is none */
    int numeric, is_log, spread; /* spread: several scores a point */
    int n_series;
    char (*series)[160]; /* (SL_SWEEP_SERIES) */
    size_t n_words;      /* categories on the axis */
    char (*words)[80];
    int n_panels;
    char (*panels)[96]; /* (SL_SWEEP_PANELS) */
};

/* 1 where the classifier's rows differ in some hyperparameter. */
int sl_is_swept(const struct sl_table *table, const char *classifier);

/* The classifier's rows and the hyperparameter of the x axis: key is NULL where none was swept.  0, or -1
 * when out of memory; sl_sweep_release frees what there is in either case. */
int sl_sweep_collect(const struct sl_table *table, const char *classifier, struct sl_sweep *sweep);
/* Gives each point its place on the x axis and its line; the sweep has a key. */
void sl_sweep_arrange(struct sl_sweep *sweep);
void sl_sweep_release(struct sl_sweep *sweep);
void sl_sweep_print_value(json_t *value, char *buf, size_t size);

#endif
