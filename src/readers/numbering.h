/* numbering.h - classes of labels that are numbers. */
#ifndef SL_DATA_NUMBERING_H
#define SL_DATA_NUMBERING_H

#include "data/dataset.h"
#include "readers/labels.h"

/* The class of each number from 0 to SL_CLASSES_MAX - 1 that is a label, and the names of the classes. Zeroed
 * is empty. */
struct sl_numbering {
    int32_t *map; /* (SL_CLASSES_MAX); -1: no label */
    struct sl_labels *names;
    size_t unseen; /* labels of classes that the other data set does not have */
};

/* The view's labels, numbers below its k, become classes: the numbers that occur, in their order, called as
 * they are written; beside another data set (like, or NULL) its classes, and behind them those that it does
 * not have. SL_EDATA for too many classes, SL_ENOMEM. */
int sl_number_classes(struct sl_view *view, const struct sl_dataset *like, struct sl_numbering *to,
                      struct sl_error *err);
void sl_numbering_release(struct sl_numbering *numbering);

#endif
