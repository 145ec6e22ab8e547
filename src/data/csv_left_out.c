/* csv_left_out.c - columns that are left out, as asked or because nothing is in them, and the order of
 * pixels. */
#include "core/memory.h"
#include "data/csv_drop.h"
#include "data/csv_finder.h"
#include "data/csv_pixels.h"
#include "data/foreign.h"
#include <string.h>

/* A column without a name and without anything in it is left out, wherever it stands. */
void sl_csv_drop_hollow(struct sl_csv_finder *f)
{
    const struct sl_csv_sample *sample = &f->sample;
    for (size_t j = 0; j < f->columns.width; j++) {
        int hollow = !*f->first[j] && sample->n > 1;
        for (size_t i = 1; i < sample->n && hollow; i++)
            hollow = j >= sample->rows[i].n || !*sample->rows[i].field[j];
        f->dropped[j] = (char)(hollow ? SL_CSV_HOLLOW : 0);
        f->n_hollow += (size_t)hollow;
    }
    if (f->dialect.row_names)
        f->dropped[0] = SL_CSV_ROW_NAMES;
}

int sl_csv_drop_asked(struct sl_csv_finder *f)
{
    const char *list = f->options->drop;
    int code = list && *list ? sl_csv_find_dropped(&f->columns, list, sl_csv_is_second(f), f->dropped, f->err)
                             : SL_OK;
    f->columns.dropped = f->dropped;
    for (size_t i = 0; i < f->columns.width; i++)
        f->n_dropped += f->dropped[i] != 0;
    return code;
}

int sl_csv_check_dropped_label(const struct sl_csv_finder *f)
{
    if (f->label == f->columns.width || !f->dropped[f->label])
        return SL_OK;
    sl_csv_fail(f->csv, 0, f->err, "column %zu of %zu is the label: it can not be left out", f->label + 1,
                f->columns.width);
    if (f->err)
        f->err->code = SL_EUSAGE;
    return SL_EUSAGE;
}

/* *all: of those chosen. */
static int are_all_pixels(const struct sl_csv_finder *f, int *all)
{
    char **names = sl_alloc(f->d, sizeof *names);
    if (!names)
        return sl_fail_memory(f->err);
    for (size_t i = 0; i < f->d; i++)
        names[i] = f->first[f->chosen[i]];
    *all = sl_are_all_pixels(names, f->d);
    free(names);
    return SL_OK;
}

/* The pixels of images stand where their numbers say. */
int sl_csv_order_pixels(struct sl_csv_finder *f)
{
    struct sl_notes *notes = &f->head->origin.notes;
    int moved, all = 1, code = SL_OK;
    if (f->by_name || !f->columns.names)
        return SL_OK;
    if (sl_sort_pixels(f->first, f->chosen, f->d, &moved))
        return sl_fail_memory(f->err);
    size_t pixels = 0;
    while (pixels < f->d && sl_is_pixel_name(f->first[f->chosen[pixels]]))
        pixels++;
    if (!sl_csv_is_second(f) && pixels == f->d && f->d)
        code = are_all_pixels(f, &all);
    if (!all)
        sl_notes_add(notes,
                     "pixels are left out between the first, 0 or 1, and the last: a table, no images");
    if (moved)
        sl_notes_add(notes,
                     "pixels are taken in the order of their numbers: the columns stand in another one");
    return code;
}
