/* group_memory.h - how a group of fits keeps below its memory (group->memory; 0: as it likes). */
#ifndef SL_SVM_GROUP_MEMORY_H
#define SL_SVM_GROUP_MEMORY_H

#include "svm/group_run.h"

/* How the pairs of classes are solved.  No result depends on it. */
struct sl_svm_layout {
    int threads;
    int together; /* they share one pair's products; else each takes a pair at a time */
    int within;   /* each class's products with itself are kept for all its pairs */
};

/* How many members, from first on, can be at work at once: 0 where not even one fits.  largest_pair: rows of
 * the two largest classes; cache_size: MB of kernel rows a thread. */
size_t sl_svm_members_at_once(const struct sl_group *group, size_t first, size_t largest_pair,
                              double cache_size);

/* For the members of a run that are set up, with at most so many threads: as many as fit, but at least one.
 */
struct sl_svm_layout sl_svm_layout_of(const struct sl_svm_run *run, size_t largest_pair, int threads);

#endif
