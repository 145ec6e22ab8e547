/* warm_up.c - what a process does once only, before a clock starts: its threads, and the libraries of its
 * classifier.
 *
 * Only what will be used: a fit of few rows takes one thread and no library, and is over before a team of
 * threads would be there. */
#include "core/cores.h"
#include "core/memory.h"
#include "core/threads.h"
#include "model/model.h"
#include <string.h>

static void call_threads(const struct sl_view *rows, int threads)
{
    enum { VALUE = 64 }; /* operations of a thorough pass */
    threads = sl_threads_for(VALUE * (double)rows->n * (double)rows->d, threads > 0 ? threads : sl_cores());
    int called = 0;
#pragma omp parallel num_threads(threads) reduction(+ : called)
    called++;
    (void)called;
}

void sl_model_warm_up(const struct sl_classifier_type *type, const void *config,
                      const struct sl_dataset *train, int threads)
{
    struct sl_view rows = sl_dataset_view(train);
    void *own = config ? NULL : sl_alloc_zero(1, type->config_size);
    rows.dtype = sl_model_fitted_dtype(&rows);
    rows.x = NULL;
    rows.y = NULL;
    rows.weight = NULL;
    call_threads(&rows, threads);
    if (own)
        sl_config_default(type->params, own);
    if (type->warm_up && (config || own))
        type->warm_up(config ? config : own, &rows);
    free(own);
}
