/* verdict_words.h - the parts that a verdict's sentences are made of: each adds to the text. */
#ifndef SL_SHOW_VERDICT_WORDS_H
#define SL_SHOW_VERDICT_WORDS_H

#include "core/text.h"
#include <shortlist/show.h>

enum { SL_VERDICT_NAMED = 5 /* rows in a list */ };

struct sl_judge {
    const struct sl_table *table;
    struct sl_verdict *verdict;
    const struct sl_table_row *best; /* NULL: no row has a score */
    struct sl_string text;
};

static inline const struct sl_table_row *sl_verdict_row(const struct sl_judge *j, size_t i)
{
    return &j->table->rows[i];
}

static inline const char *sl_verdict_name(const struct sl_judge *j, size_t i)
{
    return j->table->rows[i].row->name;
}

/* "accuracy", "mean f1_macro" */
void sl_verdict_metric(struct sl_judge *j);
/* " on these 10,000 validation rows", " over 5 folds and 3 repeats" */
void sl_verdict_where(struct sl_judge *j);
void sl_verdict_score(struct sl_judge *j, double score);
/* The row's score: "0.8663 [0.8595, 0.8728]" */
void sl_verdict_interval(struct sl_judge *j, const struct sl_table_row *row);
/* By how much the row is behind the best: "2.2 points [1.6, 2.8]"; of a metric that is no share, as it is. */
void sl_verdict_difference(struct sl_judge *j, const struct sl_table_row *row);
/* "A, B and 3 more" */
void sl_verdict_names(struct sl_judge *j, const size_t *rows, size_t n);

/* One sentence, or nothing; sets the verdict's `fastest` and `faster`. */
void sl_verdict_times(struct sl_judge *j);

#endif
