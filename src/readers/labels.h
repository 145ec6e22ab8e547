/* labels.h - class names as they turn up in a file, numbered. */
#ifndef SL_DATA_LABELS_H
#define SL_DATA_LABELS_H

#include <stddef.h>
#include <stdint.h>

struct sl_labels; /* a set of names; each has the number of its first appearance */

struct sl_labels *sl_labels_new(void); /* NULL when out of memory */
void sl_labels_free(struct sl_labels *labels);

/* The number of name, or -1. */
int32_t sl_labels_find(const struct sl_labels *labels, const char *name);
/* The number of name, which is added if it is new; -1 when out of memory. */
int32_t sl_labels_add(struct sl_labels *labels, const char *name);

size_t sl_labels_count(const struct sl_labels *labels);
const char *const *sl_labels_names(const struct sl_labels *labels);

/* Renumbers the names in their order, that of numbers if all are numbers, else that of bytes, and y (n)
 * with them; -1 when out of memory. */
int sl_labels_sort(struct sl_labels *labels, int32_t *y, size_t n);

/* What values look like, taken for labels. */
struct sl_tally {
    size_t n, distinct;
    size_t rare;   /* distinct values that come once or twice */
    int numbers;   /* all of them are */
    int fractions; /* and some are no whole numbers */
};

/* Of labels y (n); -1 when out of memory. */
int sl_labels_tally(const struct sl_labels *labels, const int32_t *y, size_t n, struct sl_tally *out);
/* Of values (n), which are sorted on the way. */
struct sl_tally sl_values_tally(const char **values, size_t n);

/* Numbers to regress on rather than classes: fractions, or more than 20 different whole numbers of which most
 * come once or twice. */
int sl_is_regression_target(const struct sl_tally *tally);

#endif
