/* classes.h - the classes that a labelled view has rows of. */
#ifndef SL_DATA_CLASSES_H
#define SL_DATA_CLASSES_H

#include <shortlist/error.h>
#include <shortlist/view.h>

/* They are numbered 0 ... m-1 in the order of their labels.  Owns its arrays. */
struct sl_classes {
    int m;
    int32_t *label_of; /* (m) labels that occur, ascending */
    int32_t *number;   /* (n of the view) each row's 0 ... m-1 */
    size_t *count;     /* (m) rows */
};

/* SL_ENOMEM (nothing held). */
int sl_classes_find(const struct sl_view *view, struct sl_classes *classes, struct sl_error *err);
/* Of n listed rows (NULL: the first n); number (n) is by place in the list. */
int sl_classes_find_in(const struct sl_view *view, const uint32_t *rows, size_t n, struct sl_classes *classes,
                       struct sl_error *err);
void sl_classes_release(struct sl_classes *classes);

/* weights (m): scikit-learn's class_weight="balanced", n / (m count); or all 1.  Like there it counts rows,
 * whatever they weigh; the weights of a row and of its class are multiplied. */
void sl_classes_weights(const struct sl_classes *classes, size_t n, int balanced, double *weights);

/* What row i of the view weighs. */
static inline double sl_row_weight(const struct sl_view *view, size_t i)
{
    return view->weight ? view->weight[i] : 1;
}

/* The sum of all its rows' weights. */
double sl_total_weight(const struct sl_view *view);

#endif
