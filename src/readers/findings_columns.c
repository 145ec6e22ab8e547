/* findings_columns.c - columns that mislead: those that number the rows, that have one value throughout, and
 * that tell the classes apart by themselves, as a column does that was made from them.
 *
 * Cost: O(n d), and O(LOOKED_AT log LOOKED_AT) a column for the last. */
#include "readers/findings_columns.h"
#include "core/memory.h"
#include "readers/csv_label.h"
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LEAST_ROWS = 10,  /* fewer rows count up by chance */
    FEWEST_ROWS = 50, /* fewer are told apart by chance */
    FIRST_LOOK = 200, /* rows, for columns that tell the classes apart */
    LOOKED_AT = 10000,
};

/* A list of names ------------------------------------------------------------------------------------*/

void sl_list_name(struct sl_string *list, size_t n, const char *name)
{
    if (n < SL_FINDINGS_SHOWN)
        sl_string_add(list, "%s%s", n ? ", " : "", sl_quote(name).text);
}

/* The note is format with the list of n names, which is released. */
int sl_list_note(struct sl_finder *f, struct sl_string *list, size_t n, const char *before,
                 const char *behind)
{
    int failed = list->failed;
    char more[32] = "";
    if (n > SL_FINDINGS_SHOWN)
        snprintf(more, sizeof more, " and %zu more", n - SL_FINDINGS_SHOWN);
    if (n && !failed)
        sl_notes_add(f->notes, "%s%s%s%s", before, list->text, more, behind);
    sl_string_release(list);
    return failed ? sl_fail_memory(f->err) : SL_OK;
}

/* Numbers of the rows, in their order or shuffled
 * -------------------------------------------------------------*/

static double value_at(const struct sl_view *view, size_t i, size_t j)
{
    size_t at = i * view->d + j;
    return view->dtype == SL_U8    ? ((const uint8_t *)view->x)[at]
           : view->dtype == SL_F32 ? (double)((const float *)view->x)[at]
                                   : ((const double *)view->x)[at];
}

/* A first look at whole numbers none of which comes twice. */
static int may_tell_apart(const struct sl_view *view, size_t j)
{
    enum { LOOK = 64 };
    size_t n = view->n < LOOK ? view->n : LOOK;
    for (size_t i = 0; i < n; i++) {
        double x = value_at(view, i, j);
        if (x != floor(x))
            return 0;
        for (size_t before = 0; before < i; before++) {
            if (value_at(view, before, j) == x)
                return 0;
        }
    }
    return 1;
}

/* *so: are these whole numbers, none of which comes twice?  dense: and none is left out between. */
static int tells_rows_apart(const struct sl_view *view, size_t j, int dense, int *so)
{
    *so = may_tell_apart(view, j);
    double *sorted = *so ? sl_alloc(view->n, sizeof *sorted) : NULL;
    if (!*so)
        return 0;
    if (!sorted)
        return -1;
    for (size_t i = 0; i < view->n && *so; i++) {
        sorted[i] = value_at(view, i, j);
        *so = sorted[i] == floor(sorted[i]);
    }
    if (*so)
        gsl_sort(sorted, 1, view->n);
    for (size_t i = 1; i < view->n && *so; i++)
        *so = dense ? sorted[i] == sorted[i - 1] + 1 : sorted[i] != sorted[i - 1];
    free(sorted);
    return 0;
}

/* The column's place in the file. */
static size_t place_of(const struct sl_finder *f, size_t j)
{
    const struct sl_origin *origin = &f->data->origin;
    if (origin->places)
        return origin->places[j];
    return sl_feature_number(origin->indices, j) +
           (origin->label_at < origin->width && j >= origin->label_at);
}

static int note_row_numbers(struct sl_finder *f)
{
    const struct sl_view *view = &f->data->view;
    struct sl_string list = {0};
    size_t n = 0;
    for (size_t j = 0; j < view->d; j++) {
        const char *name = sl_dataset_feature(f->data, j);
        char number[48];
        int so = 0, named = name && sl_is_row_name(name);
        if (f->data->columns && f->data->columns->column[j].kind != SL_COLUMN_NUMBER)
            continue; /* the numbers of words are ours */
        if (tells_rows_apart(view, j, !named, &so)) {
            sl_string_release(&list);
            return sl_fail_memory(f->err);
        }
        snprintf(number, sizeof number, "%zu", place_of(f, j));
        if (so && name && *name)
            sl_list_name(&list, n++, name);
        else if (so && n++ < SL_FINDINGS_SHOWN)
            sl_string_add(&list, "%s%s", n > 1 ? ", " : "", number);
    }
    return sl_list_note(
        f, &list, n, n > 1 ? "W03: columns " : "W03: column ",
        n > 1 ? " number the rows: where the order of the rows tells the class, so do they; --drop "
                "leaves them out"
              : " numbers the rows: where the order of the rows tells the class, so does it; --drop "
                "leaves it out");
}

/* Columns with one value
 * ------------------------------------------------------------------------------------------*/

static int is_constant(const struct sl_view *view, size_t j)
{
    double first = value_at(view, 0, j);
    for (size_t i = 1; i < view->n; i++) {
        double value = value_at(view, i, j);
        if (value != first && !(isnan(value) && isnan(first)))
            return 0;
    }
    return 1;
}

/* The column's name, or its place in the file. */
static void list_column(const struct sl_finder *f, struct sl_string *list, size_t n, size_t j)
{
    const char *name = sl_dataset_feature(f->data, j);
    if (name && *name)
        sl_list_name(list, n, name);
    else if (n < SL_FINDINGS_SHOWN)
        sl_string_add(list, "%s%zu", n ? ", " : "", place_of(f, j));
}

static int note_constant(struct sl_finder *f)
{
    const struct sl_view *view = &f->data->view;
    struct sl_string list = {0};
    size_t n = 0;
    for (size_t j = 0; j < view->d; j++)
        if (is_constant(view, j))
            list_column(f, &list, n++, j);
    return sl_list_note(f, &list, n, n > 1 ? "W07: columns " : "W07: column ",
                        n > 1 ? " have the same value in every row" : " has the same value in every row");
}

/* Columns that tell the classes apart
 * -----------------------------------------------------------------------------*/

struct labelled {
    double value;
    int32_t class;
    uint32_t place; /* among those that are looked at */
};

static int by_value(const void *a, const void *b)
{
    const struct labelled *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Rows of the most frequent class among equal values; *class: which, of several the one that comes to it
 * first. */
static size_t most_frequent(const struct labelled *rows, size_t n, size_t *count, int32_t *class)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (++count[rows[i].class] > most) {
            most = count[rows[i].class];
            *class = rows[i].class;
        }
    for (size_t i = 0; i < n; i++)
        count[rows[i].class] = 0;
    return most;
}

/* Whether sorted values tell at least 99.5 % of the rows' classes by so few cuts between them as there are
 * classes: each class has a stretch of its own.  count (k) is scratch, zeroed. */
static int tells_classes(const struct labelled *rows, size_t n, int k, size_t *count)
{
    size_t right = 0, changes = 0, values = 0;
    int32_t before = -1, class = -1;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && rows[end].value == rows[i].value;)
            end++;
        right += most_frequent(rows + i, end - i, count, &class);
        changes += class != before;
        before = class;
        values++;
    }
    return values > 1 && changes <= (size_t)k && 1000 * right >= 995 * n;
}

/* Of about m rows, evenly from all; rows (m or more) and count (k) are scratch. */
static int is_giveaway(const struct sl_view *view, size_t j, size_t m, struct labelled *rows, size_t *count)
{
    size_t step = view->n / m + 1, n = 0, looked = 0;
    for (size_t i = 0; i < view->n; i += step, looked++) {
        double value = value_at(view, i, j);
        if (!isnan(value)) /* a missing value tells nothing */
            rows[n++] = (struct labelled){value, view->y[i], (uint32_t)looked};
    }
    qsort(rows, n, sizeof *rows, by_value);
    return 2 * n > looked && tells_classes(rows, n, view->k, count);
}

static int note_giveaways(struct sl_finder *f)
{
    const struct sl_view *view = &f->data->view;
    struct labelled *rows = sl_alloc(LOOKED_AT + 1, sizeof *rows);
    size_t n = 0, *count = sl_alloc_zero((size_t)view->k, sizeof *count);
    struct sl_string list = {0};
    for (size_t j = 0; rows && count && j < view->d; j++)
        if (is_giveaway(view, j, FIRST_LOOK, rows, count) && is_giveaway(view, j, LOOKED_AT, rows, count))
            list_column(f, &list, n++, j);
    int code = rows && count ? SL_OK : sl_fail_memory(f->err);
    free(rows);
    free(count);
    if (code)
        return code;
    return sl_list_note(
        f, &list, n, n > 1 ? "W04: columns " : "W04: column ",
        n > 1 ? " each tell the classes apart alone: were they made from them? --drop leaves them out"
              : " tells the classes apart alone: was it made from them? --drop leaves it out");
}

int sl_note_columns(struct sl_finder *f)
{
    const struct sl_view *view = &f->data->view;
    if (view->image.height || !f->data->origin.width)
        return SL_OK;
    int code = view->n >= LEAST_ROWS ? note_row_numbers(f) : SL_OK;
    if (!code && view->n >= LEAST_ROWS)
        code = note_constant(f);
    if (!code && view->n >= FEWEST_ROWS && view->y && view->k > 1)
        code = note_giveaways(f);
    return code;
}
