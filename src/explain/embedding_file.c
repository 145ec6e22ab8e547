/* embedding_file.c - points as CSV. */
#include "core/file.h"
#include <shortlist/embed.h>
#include <shortlist/text.h>
#include <stdio.h>
#include <stdlib.h>

static void write_head(const struct sl_embedding *e, FILE *to)
{
    fprintf(to, "row");
    if (e->id) {
        putc(',', to);
        sl_write_csv_field(to, e->id);
    }
    fprintf(to, "%s%s", sl_dataset_view(e->data).y ? ",class" : "", e->predicted ? ",predicted" : "");
    for (size_t c = 0; c < e->k; c++)
        fprintf(to, ",%s%zu", e->axis, c + 1);
    fprintf(to, "\r\n");
}

static void write_row(const struct sl_embedding *e, const struct sl_view *view, size_t i, FILE *to)
{
    fprintf(to, "%zu", e->row ? (size_t)e->row[i] : i);
    if (e->id) {
        const char *name = sl_dataset_row_id(e->data, i);
        putc(',', to);
        sl_write_csv_field(to, name ? name : "");
    }
    if (view->y) {
        putc(',', to);
        sl_write_csv_field(to, sl_dataset_class(e->data, view->y[i]));
    }
    if (e->predicted) {
        putc(',', to);
        sl_write_csv_field(to, sl_model_class(e->model, e->predicted[i]));
    }
    for (size_t c = 0; c < e->k; c++)
        fprintf(to, ",%.7g", (double)e->at[i * e->k + c]);
    fprintf(to, "\r\n");
}

int sl_embedding_write(const struct sl_embedding *e, const char *path, struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(e->data);
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return sl_fail_memory(err);
    write_head(e, to);
    for (size_t i = 0; i < view.n; i++)
        write_row(e, &view, i, to);
    const int failed = ferror(to);
    int code = fclose(to) || failed ? sl_fail_memory(err) : sl_file_write(path, text, size, err);
    free(text);
    return code;
}
