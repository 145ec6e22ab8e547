/* dense.c - may sparse rows become dense?  Within the memory that tables may take, and half of what the
 * machine or a limit gives this process: whatever classifier gets them works with as much again. */
#include "model/dense.h"
#include "core/text.h"
#include "data/dataset.h"
#include <math.h>
#include <sys/resource.h>
#include <unistd.h>

double sl_dense_most(void)
{
    double most = (double)SL_TABLE_MOST;
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    struct rlimit limit;
    if (pages > 0 && page > 0)
        most = fmin(most, (double)pages * (double)page / 2);
    if (getrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        most = fmin(most, (double)limit.rlim_cur / 2);
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        most = fmin(most, (double)limit.rlim_cur / 2);
    return most;
}

/* "majority, sgd and logreg" */
static void list_takers(struct sl_string *list)
{
    size_t n = sl_classifier_count(), takers = 0, listed = 0;
    for (size_t i = 0; i < n; i++)
        takers += (sl_classifier_at(i)->flags & SL_TAKES_SPARSE) != 0;
    for (size_t i = 0; i < n; i++) {
        const struct sl_classifier_type *type = sl_classifier_at(i);
        if (type->flags & SL_TAKES_SPARSE) {
            sl_string_add(list, "%s%s", listed == 0 ? "" : listed + 1 == takers ? " and " : ", ", type->name);
            listed++;
        }
    }
}

static int refuse(const struct sl_classifier_type *type, const struct sl_view *rows, double bytes,
                  double most, struct sl_error *err)
{
    const double gib = 1 << 30;
    struct sl_string takers = {0};
    list_takers(&takers);
    int code =
        takers.failed
            ? sl_fail_memory(err)
            : sl_fail(
                  err, SL_EUSAGE,
                  "%s takes dense rows only: %zu of %zu features would take %.1f GiB, and at most %.1f GiB "
                  "may be taken; %s take sparse rows",
                  type->name, rows->n, rows->d, bytes / gib, most / gib, takers.text);
    sl_string_release(&takers);
    return code;
}

int sl_model_takes(const struct sl_classifier_type *type, const struct sl_view *rows, struct sl_error *err)
{
    const double bytes = (double)rows->n * (double)rows->d * sizeof(float), most = sl_dense_most();
    return sl_wants_dense(type, rows) && bytes > most ? refuse(type, rows, bytes, most, err) : SL_OK;
}
