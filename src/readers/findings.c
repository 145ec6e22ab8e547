/* findings.c - what makes a comparison misleading, and shows in the data alone: columns that mislead
 * (findings_columns.c), classes of one row, classes whose names hardly differ, classes that may be amounts,
 * rows that come again.
 *
 * Only what is there is said; nothing is left out or put together.
 * Cost: that of an audit, O(n d), and O(k log k) for k classes. */
#include "readers/findings.h"
#include "core/memory.h"
#include "core/text.h"
#include "readers/csv_label.h"
#include "readers/findings_columns.h"
#include <ctype.h>
#include <math.h>
#include <shortlist/audit.h>
#include <stdio.h>
#include <string.h>

enum { FEW_CLASSES = 20 };

/* Classes --------------------------------------------------------------------------------------------*/

static int note_single_rows(struct sl_finder *f)
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
            sl_list_name(&list, n++, f->data->classes[c]);
    }
    free(count);
    return sl_list_note(f, &list, n, n > 1 ? "W06: classes of one row: " : "W06: class of one row: ",
                        n > 1 ? ": each is either fitted or scored, never both"
                              : ": it is either fitted or scored, never both");
}

static int note_amounts(struct sl_finder *f)
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
    sl_notes_add(f->notes,
                 "W15: the %d classes are numbers, from %g to %g: if they are amounts, to predict one is "
                 "regression, and "
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
static int note_pairs(struct sl_finder *f, const struct folded *names, int k)
{
    int known = f->like ? f->like->view.k : 0;
    struct sl_string list = {0};
    size_t n = 0;
    for (int i = 1; i < k; i++) {
        if (strcmp(names[i - 1].text, names[i].text) != 0 || names[i].class < known)
            continue;
        if (n++ < SL_FINDINGS_SHOWN)
            sl_string_add(&list, "%s%s and %s", n > 1 ? ", " : "",
                          sl_quote(f->data->classes[names[i - 1].class]).text,
                          sl_quote(f->data->classes[names[i].class]).text);
    }
    return sl_list_note(
        f, &list, n,
        "W16: different classes, whose names differ in capitals, blanks or how a number is written only: ",
        "");
}

static int note_alike(struct sl_finder *f)
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
static int note_unseen_names(struct sl_finder *f)
{
    const struct sl_dataset *data = f->data, *like = f->like;
    struct sl_string list = {0};
    size_t n = 0, seen = 0;
    for (int c = like->view.k; c < data->view.k; c++)
        sl_list_name(&list, n++, data->classes[c]);
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
    return sl_list_note(f, &list, n,
                        n > 1 ? "classes without training rows: " : "class without training rows: ", "");
}

/* Rows that come again -------------------------------------------------------------------------------*/

static int note_repeated(struct sl_finder *f)
{
    enum { ONE_OF = 100 };
    struct sl_audit found;
    int code = f->like ? sl_audit(f->like, f->data, &found, f->err) : sl_audit(f->data, NULL, &found, f->err);
    if (code)
        return code;
    if (!f->like && found.duplicates * ONE_OF >= found.n)
        sl_notes_add(f->notes,
                     "W05: %zu of %zu rows equal an earlier one: fitted and scored alike, they flatter "
                     "classifiers that "
                     "remember rows",
                     found.duplicates, found.n);
    if (f->like && found.overlap * ONE_OF >= found.n_test)
        sl_notes_add(f->notes,
                     "W05: %zu of %zu rows equal a training row: they flatter classifiers that remember rows",
                     found.overlap, found.n_test);
    sl_audit_release(&found);
    return SL_OK;
}

int sl_note_findings(struct sl_dataset *data, const struct sl_dataset *like, struct sl_error *err)
{
    struct sl_finder f = {data, like, &data->origin.notes, err};
    int labelled = data->view.y != NULL;
    int code = like ? SL_OK : sl_note_columns(&f);
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
