/* confused_pairs.c - the largest entries of a confusion matrix off its diagonal, for matrices that are too
 * large to read.  Cost: O(k^2 log(k^2)) for k classes. */
#include "core/memory.h"
#include "core/text.h"
#include "show/numbers.h"
#include "show/report.h"
#include <inttypes.h>

enum { PAIRS_SHOWN = 20 };

struct pair {
    int truth, predicted;
    uint64_t count;
};

/* Downwards by count, then in the order of the classes. */
static int by_count(const void *a, const void *b)
{
    const struct pair *p = a, *q = b;
    if (p->count != q->count)
        return p->count < q->count ? 1 : -1;
    if (p->truth != q->truth)
        return p->truth < q->truth ? -1 : 1;
    return (p->predicted > q->predicted) - (p->predicted < q->predicted);
}

static size_t collect(const struct sl_class_report *report, struct pair *pairs, uint64_t *wrong)
{
    size_t n = 0;
    *wrong = 0;
    for (int t = 0; t < report->k; t++)
        for (int p = 0; p < report->k; p++) {
            uint64_t count = report->counts[t * report->k + p];
            if (t == p || !count)
                continue;
            *wrong += count;
            if (pairs)
                pairs[n] = (struct pair){t, p, count};
            n++;
        }
    return n;
}

static void add_pair(const struct sl_class_report *report, const struct pair *pair, struct sl_grid *grid)
{
    const struct sl_study *study = report->table->study;
    sl_grid_add(grid, "%s", study->classes[pair->truth]);
    sl_grid_add(grid, "%s", study->classes[pair->predicted]);
    sl_grid_add(grid, "%" PRIu64, pair->count);
    sl_grid_add(grid, "%.1f %%", 100.0 * (double)pair->count / (double)report->classes[pair->truth].support);
}

void sl_confused_pairs_grid(const struct sl_class_report *report, struct sl_grid *grid)
{
    uint64_t wrong;
    char rows[40];
    size_t n = collect(report, NULL, &wrong);
    struct pair *pairs = sl_alloc(n, sizeof *pairs);
    if (!pairs) {
        grid->failed = 1;
        return;
    }
    collect(report, pairs, &wrong);
    qsort(pairs, n, sizeof *pairs, by_count);
    size_t shown = n < PAIRS_SHOWN ? n : PAIRS_SHOWN;
    uint64_t covered = 0;
    sl_grid_above(grid, "Classes that are confused most");
    sl_grid_column(grid, "true class", 0, 0);
    sl_grid_column(grid, "predicted class", 0, 0);
    sl_grid_column(grid, "rows", 1, 0);
    sl_grid_column(grid, "share", 1, 0);
    for (size_t i = 0; i < shown; i++) {
        add_pair(report, &pairs[i], grid);
        covered += pairs[i].count;
    }
    sl_print_count(wrong, rows, sizeof rows);
    sl_grid_below(grid, "share: of the true class's rows.");
    sl_grid_below(grid,
                  "Of %s wrong predictions, %" PRIu64 " are shown here: %zu of %zu pairs of classes. "
                  "The formats csv and json hold the whole confusion matrix, %d by %d.",
                  rows, covered, shown, n, report->k, report->k);
    free(pairs);
}
