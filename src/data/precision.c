/* precision.c - do floats keep what a column's numbers tell apart?
 *
 * A float has 24 bits.  Seconds since 1970 or metres of a map's grid need more before they are scaled, and
 * fewer after: such a table is kept in doubles until then.  Any other stays in floats, half as large. Cost: a
 * sort of at most SAMPLE numbers for a column with long ones, nothing for others. */
#include "data/precision.h"
#include "core/memory.h"
#include "kernels/convert.h"
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdio.h>

/* Rows, evenly spaced, that stand for all: a column that loses more than rounding loses it among these too.
 */
enum { SAMPLE = 1 << 14 };

/* Of sorted numbers, each as the float of (x - shift) * factor, which keeps their order. */
static struct sl_distinct count(const double *sorted, size_t n, double shift, double factor)
{
    struct sl_distinct distinct = {1, 1};
    for (size_t i = 1; i < n; i++) {
        distinct.numbers += sorted[i] != sorted[i - 1];
        distinct.floats += sl_cut((sorted[i] - shift) * factor) != sl_cut((sorted[i - 1] - shift) * factor);
    }
    return distinct;
}

static size_t sample_size(size_t n)
{
    return n < SAMPLE ? n : SAMPLE;
}

/* Fills sorted (sample_size(n)) and returns how many there are: missing values are left out. */
static size_t sort_column(const double *x, size_t n, size_t d, size_t j, double *sorted)
{
    size_t m = sample_size(n), present = 0;
    for (size_t i = 0; i < m; i++) {
        double value = x[i * n / m * d + j];
        if (!isnan(value))
            sorted[present++] = value;
    }
    gsl_sort(sorted, 1, present);
    return present;
}

int sl_loses_differences(const struct sl_distinct *distinct)
{
    enum { OF_A_HUNDRED = 99 };
    return distinct->floats * 100 < distinct->numbers * OF_A_HUNDRED;
}

int sl_needs_doubles(const double *x, size_t n, size_t d, const unsigned char *digits, int *needs)
{
    double *sorted = NULL;
    *needs = 0;
    for (size_t j = 0; j < d && !*needs; j++) {
        if (!digits[j])
            continue;
        sorted = sorted ? sorted : sl_alloc(sample_size(n), sizeof *sorted);
        if (!sorted)
            return -1;
        struct sl_distinct distinct = count(sorted, sort_column(x, n, d, j, sorted), 0, 1);
        *needs = sl_loses_differences(&distinct);
    }
    free(sorted);
    return 0;
}

int sl_count_distinct(const struct sl_view *view, size_t j, int scaled, struct sl_distinct *out)
{
    double *sorted = sl_alloc(sample_size(view->n), sizeof *sorted);
    if (!sorted)
        return -1;
    size_t m = sort_column(view->x, view->n, view->d, j, sorted);
    double width = m ? sorted[m - 1] - sorted[0] : 0;
    *out = scaled && width > 0 ? count(sorted, m, sorted[0], 1 / width) : count(sorted, m, 0, 1);
    free(sorted);
    return 0;
}

/* Columns of one kind of loss: how many, and the first. */
struct lossy {
    size_t n, first;
    struct sl_distinct distinct; /* of the first */
};

static void add_lossy(struct lossy *lossy, size_t column, const struct sl_distinct *distinct)
{
    if (lossy->n++ == 0) {
        lossy->first = column;
        lossy->distinct = *distinct;
    }
}

static struct sl_quoted call_column(const struct sl_column_texts *columns, size_t j)
{
    struct sl_quoted text;
    if (columns && columns->names)
        return sl_quote(columns->names[j]);
    snprintf(text.text, sizeof text.text, "%zu", columns && columns->places ? columns->places[j] : j);
    return text;
}

static void note_lossy(const struct sl_column_texts *columns, const struct lossy *lossy,
                       struct sl_notes *notes, const char *before, const char *behind)
{
    char more[64] = "";
    if (lossy->n > 1)
        snprintf(more, sizeof more, ", and likewise %zu other column%s", lossy->n - 1,
                 lossy->n > 2 ? "s" : "");
    if (lossy->n)
        sl_notes_add(notes, "column %s: %s only %zu of its %zu numbers %s%s",
                     call_column(columns, lossy->first).text, before, lossy->distinct.floats,
                     lossy->distinct.numbers, behind, more);
}

int sl_note_precision(const struct sl_view *view, const struct sl_column_texts *columns,
                      struct sl_notes *notes)
{
    struct lossy lost = {0}, rescued = {0};
    for (size_t j = 0; view->dtype == SL_F64 && j < view->d; j++) {
        struct sl_distinct as_read, scaled;
        if (sl_count_distinct(view, j, 0, &as_read) || sl_count_distinct(view, j, 1, &scaled))
            return -1;
        if (sl_loses_differences(&scaled))
            add_lossy(&lost, j, &scaled);
        else if (sl_loses_differences(&as_read))
            add_lossy(&rescued, j, &as_read);
    }
    note_lossy(columns, &lost, notes, "scaled to floats,", "are still different");
    note_lossy(columns, &rescued, notes, "kept in doubles until it is scaled; unscaled, as floats,",
               "would be different");
    return 0;
}

void sl_note_rounded(const unsigned char *marks, unsigned char mark, size_t d,
                     const struct sl_column_texts *columns, struct sl_notes *notes)
{
    size_t n = 0, first = 0;
    char more[64] = "";
    for (size_t j = d; j-- > 0;) {
        n += (marks[j] & mark) != 0;
        first = marks[j] & mark ? j : first;
    }
    if (!n)
        return;
    if (n > 1)
        snprintf(more, sizeof more, ", and likewise of %zu other column%s", n - 1, n > 2 ? "s" : "");
    sl_notes_add(notes, "column %s: whole numbers beyond 2^53 are rounded, and may become equal%s",
                 call_column(columns, first).text, more);
}
