/* findings.c - what makes a comparison misleading, and shows in the data alone: columns that number the rows,
 * classes of one row, classes whose names hardly differ, classes that may be amounts, rows that come again.
 *
 * Only what is there is said; nothing is left out or put together.
 * Cost: that of an audit, O(n d), and O(k log k) for k classes. */
#include "data/findings.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/csv_label.h"
#include <ctype.h>
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <shortlist/audit.h>
#include <stdio.h>
#include <string.h>

enum {
    SHOWN = 5,       /* names in one note */
    LEAST_ROWS = 10, /* fewer rows count up by chance */
    FEW_CLASSES = 20,
};

struct finder {
    struct sl_dataset *data;
    const struct sl_dataset *like;
    struct sl_notes *notes;
    struct sl_error *err;
};

/* A list of names ------------------------------------------------------------------------------------*/

static void list_name(struct sl_string *list, size_t n, const char *name)
{
    if (n < SHOWN)
        sl_string_add(list, "%s%s", n ? ", " : "", sl_quote(name).text);
}

/* The note is format with the list of n names, which is released. */
static int note_list(struct finder *f, struct sl_string *list, size_t n, const char *before,
                     const char *behind)
{
    int failed = list->failed;
    char more[32] = "";
    if (n > SHOWN)
        snprintf(more, sizeof more, " and %zu more", n - SHOWN);
    if (n && !failed)
        sl_notes_add(f->notes, "%s%s%s%s", before, list->text, more, behind);
    sl_string_release(list);
    return failed ? sl_fail_memory(f->err) : SL_OK;
}

/* Columns that number the rows: in their order or shuffled
 * -----------------------------------------------------------------------*/

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
static size_t place_of(const struct finder *f, size_t j)
{
    const struct sl_origin *origin = &f->data->origin;
    return j + (origin->label_at < origin->width && j >= origin->label_at);
}

static int note_row_numbers(struct finder *f)
{
    const struct sl_view *view = &f->data->view;
    struct sl_string list = {0};
    size_t n = 0;
    if (view->n < LEAST_ROWS || view->image.height || !f->data->origin.width)
        return SL_OK;
    for (size_t j = 0; j < view->d; j++) {
        const char *name = sl_dataset_feature(f->data, j);
        char number[48];
        int so = 0, named = name && sl_is_row_name(name);
        if (tells_rows_apart(view, j, !named, &so)) {
            sl_string_release(&list);
            return sl_fail_memory(f->err);
        }
        snprintf(number, sizeof number, "%zu", place_of(f, j));
        if (so && name && *name)
            list_name(&list, n++, name);
        else if (so && n++ < SHOWN)
            sl_string_add(&list, "%s%s", n > 1 ? ", " : "", number);
    }
    return note_list(
        f, &list, n, n > 1 ? "columns " : "column ",
        n > 1 ? " number the rows: where the order of the rows tells the class, so do they; --drop "
                "leaves them out"
              : " numbers the rows: where the order of the rows tells the class, so does it; --drop "
                "leaves it out");
}

/* Classes --------------------------------------------------------------------------------------------*/

static int note_single_rows(struct finder *f)
{
    const struct sl_view *view = &f->data->view;
    struct sl_string list = {0};
    size_t n = 0, *count = sl_alloc_zero((size_t)view->k, sizeof *count);
    if (!count)
        return sl_fail_memory(f->err);
    for (size_t i = 0; i < view->n; i++)
        count[view->y[i]]++;
    for (int c = 0; c < view->k; c++) {
        if (count[c] == 1)
            list_name(&list, n++, f->data->classes[c]);
    }
    free(count);
    return note_list(f, &list, n, n > 1 ? "classes of one row: " : "class of one row: ",
                     n > 1 ? ": each is either fitted or scored, never both"
                           : ": it is either fitted or scored, never both");
}

static int note_amounts(struct finder *f)
{
    const struct sl_dataset *data = f->data;
    double value, least = INFINITY, most = -INFINITY;
    if (data->view.k <= FEW_CLASSES || !data->origin.width)
        return SL_OK;
    for (int c = 0; c < data->view.k; c++) {
        if (sl_parse_real(data->classes[c], &value) != 0)
            return SL_OK;
        least = fmin(least, value);
        most = fmax(most, value);
    }
    sl_notes_add(
        f->notes,
        "the %d classes are numbers, from %g to %g: if they are amounts, to predict one is regression, and "
        "classes that are near count as wrong as those that are far",
        data->view.k, least, most);
    return SL_OK;
}

struct folded {
    char *text; /* in lower case, with one blank between words; a number as %.17g; owned */
    int class;
};

static int by_text(const void *a, const void *b)
{
    const struct folded *x = a, *y = b;
    int order = strcmp(x->text, y->text);
    return order ? order : x->class - y->class;
}

static char *fold(const char *name)
{
    double value;
    if (sl_parse_real(name, &value) == 0)
        return sl_format("%.17g", value + 0.0);
    char *folded = sl_strdup(name), *to = folded;
    for (; folded && *name; name++) {
        int blank = isspace((unsigned char)*name);
        if (blank && (to == folded || to[-1] == ' '))
            continue;
        *to++ = (char)(blank ? ' ' : tolower((unsigned char)*name));
    }
    if (folded)
        to[-(to > folded && to[-1] == ' ')] = 0;
    return folded;
}

/* Pairs of neighbours among sorted names; where the training part is known, only those that it does not hold
 * both. */
static int note_pairs(struct finder *f, const struct folded *names, int k)
{
    int known = f->like ? f->like->view.k : 0;
    struct sl_string list = {0};
    size_t n = 0;
    for (int i = 1; i < k; i++) {
        if (strcmp(names[i - 1].text, names[i].text) != 0 || names[i].class < known)
            continue;
        if (n++ < SHOWN)
            sl_string_add(&list, "%s%s and %s", n > 1 ? ", " : "",
                          sl_quote(f->data->classes[names[i - 1].class]).text,
                          sl_quote(f->data->classes[names[i].class]).text);
    }
    return note_list(
        f, &list, n,
        "different classes, whose names differ in capitals, blanks or how a number is written only: ", "");
}

static int note_alike(struct finder *f)
{
    int k = f->data->view.k, failed = 0;
    struct folded *names = sl_alloc_zero((size_t)k, sizeof *names);
    for (int c = 0; names && c < k; c++) {
        names[c] = (struct folded){fold(f->data->classes[c]), c};
        failed |= !names[c].text;
    }
    int code = names && !failed ? SL_OK : sl_fail_memory(f->err);
    if (!code) {
        qsort(names, (size_t)k, sizeof *names, by_text);
        code = note_pairs(f, names, k);
    }
    for (int c = 0; names && c < k; c++)
        free(names[c].text);
    free(names);
    return code;
}

/* Classes of the test part alone stand behind the training part's. */
static int note_unseen_names(struct finder *f)
{
    const struct sl_dataset *data = f->data, *like = f->like;
    struct sl_string list = {0};
    size_t n = 0, seen = 0;
    for (int c = like->view.k; c < data->view.k; c++)
        list_name(&list, n++, data->classes[c]);
    for (size_t i = 0; i < data->view.n; i++)
        seen += data->view.y[i] < like->view.k;
    if (!seen && n) {
        sl_string_release(&list);
        return sl_fail(
            f->err, SL_EDATA,
            "%s: no row of the test part is of a class of the training part: %s is none of %s%s%s%s",
            data->name, sl_quote(data->classes[like->view.k]).text, sl_quote(like->classes[0]).text,
            like->view.k > 1 ? ", " : "", like->view.k > 1 ? sl_quote(like->classes[1]).text : "",
            like->view.k > 2 ? ", ..." : "");
    }
    return note_list(f, &list, n,
                     n > 1 ? "classes without training rows: " : "class without training rows: ", "");
}

/* Rows that come again -------------------------------------------------------------------------------*/

static int note_repeated(struct finder *f)
{
    enum { ONE_OF = 100 };
    struct sl_audit found;
    int code = f->like ? sl_audit(f->like, f->data, &found, f->err) : sl_audit(f->data, NULL, &found, f->err);
    if (code)
        return code;
    if (!f->like && found.duplicates * ONE_OF >= found.n)
        sl_notes_add(
            f->notes,
            "%zu of %zu rows equal an earlier one: fitted and scored alike, they flatter classifiers that "
            "remember rows",
            found.duplicates, found.n);
    if (f->like && found.overlap * ONE_OF >= found.n_test)
        sl_notes_add(f->notes,
                     "%zu of %zu rows equal a training row: they flatter classifiers that remember rows",
                     found.overlap, found.n_test);
    sl_audit_release(&found);
    return SL_OK;
}

int sl_note_findings(struct sl_dataset *data, const struct sl_dataset *like, struct sl_error *err)
{
    struct finder f = {data, like, &data->origin.notes, err};
    int labelled = data->view.y != NULL;
    int code = like ? SL_OK : note_row_numbers(&f);
    if (!code && labelled && !like)
        code = note_single_rows(&f);
    if (!code && labelled && !like)
        code = note_amounts(&f);
    if (!code && labelled && like)
        code = note_unseen_names(&f);
    if (!code && labelled)
        code = note_alike(&f);
    if (!code && (!like || like->view.d == data->view.d))
        code = note_repeated(&f);
    return !code && f.notes->failed ? sl_fail_memory(err) : code;
}
