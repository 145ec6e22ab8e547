/* diff.h - two studies side by side: what changed from the one to the other beyond noise. */
#ifndef SHORTLIST_DIFF_H
#define SHORTLIST_DIFF_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <shortlist/show.h>
#include <stddef.h>
#include <stdio.h>

SL_API_BEGIN

/* Better and worse: by more than noise. */
enum sl_change { SL_CHANGE_UNKNOWN, SL_CHANGE_NONE, SL_CHANGE_BETTER, SL_CHANGE_WORSE };
const char *sl_change_name(enum sl_change change); /* "unknown", "none", ... */

/* What a row costs: measures whose ratio counts. */
enum sl_cost_id { SL_COST_FIT_TIME, SL_COST_SCORE_TIME, SL_COST_MEMORY, SL_COST_MODEL, SL_N_COSTS };

struct sl_diff_cost {
    double before, after, ratio; /* after / before; NaN: one was not measured */
    enum sl_change change;
};

struct sl_diff_row {
    const struct sl_table_row *before, *after; /* NULL: the row is in the other study only */
    int same_outcome; /* the store's outcomes are one and the same: the second run took them from the first */
    int paired;       /* both scored the same rows */
    double change;    /* of the score, after - before; NaN: one has none */
    double p; /* that chance alone makes such a change, corrected for all rows; NaN: can not be told */
    enum sl_change score;
    struct sl_diff_cost costs[SL_N_COSTS];
    char *settings; /* "C 1 -> 10, scale minmax -> none": what differs in the row's settings; "" */
    int score_regressed, time_regressed;
};

struct sl_diff_side {
    const struct sl_table *table; /* judged by the same metric as the other side's */
    const char *out;              /* folder of its store */
};

struct sl_diff_options {
    double tolerance;      /* a score may get worse by so many points (hundredths); NaN: by what is noise */
    double time_tolerance; /* a time may grow by this factor; NaN: times are no regressions */
};

struct sl_diff {
    struct sl_diff_side before, after;
    struct sl_diff_options options;
    size_t n;
    struct sl_diff_row
        *rows;          /* the second study's rows as its table has them, then those of the first only */
    size_t n_compared;  /* comparisons of scores that p is corrected for */
    size_t n_regressed; /* rows */
    size_t n_settings;
    char **settings;   /* (n_settings): what differs between the studies, a line each */
    int times_compare; /* one machine, as many threads, no trials beside: times are judged */
};

/* Compares two studies whose rows are matched by name, and else by configuration.  SL_EUSAGE where they are
 * of other classes or judged by other metrics.  The tables must outlive the result. */
int sl_diff_make(const struct sl_diff_side *before, const struct sl_diff_side *after,
                 const struct sl_diff_options *options, struct sl_diff **out, struct sl_error *err);
void sl_diff_free(struct sl_diff *diff);

/* Writes it in any format; width: as in sl_table_write. */
int sl_diff_write(const struct sl_diff *diff, enum sl_output_format format, int width, FILE *to,
                  struct sl_error *err);

SL_API_END
#endif
