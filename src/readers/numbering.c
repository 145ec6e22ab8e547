/* numbering.c - classes of labels that are numbers, as IDX files hold them.
 *
 * A number is the class of that name; where another data set's classes have names, it is the place in their
 * list. Cost: O(n + SL_CLASSES_MAX). */
#include "readers/numbering.h"
#include "core/memory.h"
#include "core/text.h"
#include <stdio.h>
#include <string.h>

static int is_numbered(const struct sl_dataset *data)
{
    long value;
    for (int c = 0; c < data->view.k; c++) {
        if (sl_parse_long(data->classes[c], &value) != 0)
            return 0;
    }
    return 1;
}

static int add_class(struct sl_numbering *to, int32_t label, struct sl_error *err)
{
    char name[16];
    snprintf(name, sizeof name, "%d", (int)label);
    if (sl_labels_count(to->names) == SL_CLASSES_MAX)
        return sl_fail(err, SL_EDATA, "more than %d classes", SL_CLASSES_MAX);
    to->map[label] = sl_labels_add(to->names, name);
    return to->map[label] < 0 ? sl_fail_memory(err) : SL_OK;
}

/* Where the other data set's classes have names, a number is the place in its list; where they are numbers
 * themselves, it is the class of that name. */
static int number_like(struct sl_numbering *to, const struct sl_dataset *like, struct sl_error *err)
{
    int by_name = is_numbered(like);
    for (int c = 0; c < like->view.k; c++) {
        long value = c;
        if (by_name)
            sl_parse_long(like->classes[c], &value);
        if (value >= 0 && value < SL_CLASSES_MAX)
            to->map[value] = c;
        if (sl_labels_add(to->names, like->classes[c]) < 0)
            return sl_fail_memory(err);
    }
    return SL_OK;
}

/* Numbers that are labels here, in their order, become classes; those of the other data set keep their place.
 */
static int number_labels(struct sl_numbering *to, const struct sl_view *view, const struct sl_dataset *like,
                         struct sl_error *err)
{
    char *occurs = sl_alloc_zero((size_t)view->k, 1);
    to->map = sl_alloc(SL_CLASSES_MAX, sizeof *to->map);
    to->names = sl_labels_new();
    int code = occurs && to->map && to->names ? SL_OK : sl_fail_memory(err);
    if (!code)
        memset(to->map, 0xff, SL_CLASSES_MAX * sizeof *to->map);
    if (!code && like)
        code = number_like(to, like, err);
    for (size_t i = 0; !code && i < view->n; i++)
        occurs[view->y[i]] = 1;
    for (int32_t label = 0; !code && label < view->k; label++) {
        if (occurs[label] && to->map[label] < 0)
            code = add_class(to, label, err);
    }
    free(occurs);
    return code;
}

int sl_number_classes(struct sl_view *view, const struct sl_dataset *like, struct sl_numbering *to,
                      struct sl_error *err)
{
    int code = number_labels(to, view, like, err);
    int32_t *y = (int32_t *)view->y;
    for (size_t i = 0; !code && i < view->n; i++) {
        y[i] = to->map[y[i]];
        to->unseen += like && y[i] >= like->view.k;
    }
    if (!code)
        view->k = (int)sl_labels_count(to->names);
    return code;
}

void sl_numbering_release(struct sl_numbering *numbering)
{
    free(numbering->map);
    sl_labels_free(numbering->names);
    *numbering = (struct sl_numbering){0};
}
