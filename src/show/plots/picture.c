/* picture.c - how a picture begins, and what stands above it. */
#include "core/memory.h"
#include "show/plots/plot.h"
#include <math.h>
#include <string.h>

int sl_picture_begin(struct sl_picture *picture, int width, int height, struct sl_error *err)
{
    if (sl_figure_begin(&picture->figure, width, height))
        return sl_fail_memory(err);
    picture->figure.has_data = 1;
    return SL_OK;
}

const char *sl_picture_study_title(const struct sl_picture *picture)
{
    const struct sl_study *study = picture->table->study;
    return study->title && *study->title ? study->title : study->name;
}

void sl_picture_absent(const struct sl_table *table, char *rest, size_t size)
{
    const size_t used = strlen(rest);
    size_t absent = 0;
    for (size_t i = 0; i < table->n; i++)
        absent += isnan(table->rows[i].score);
    if (absent)
        snprintf(rest + used, size - used, "; without %zu row%s of no score", absent, absent == 1 ? "" : "s");
}

/* The last characters of a text: of a path the file's name says most.  The caller frees it. */
static char *end_of(const char *text, size_t most)
{
    char *visible = sl_visible(text);
    size_t width = visible ? sl_text_width(visible) : 0;
    if (width <= most)
        return visible;
    char *cut = sl_format("…%s", visible + sl_text_bytes(visible, width - most + 1));
    free(visible);
    return cut;
}

double sl_picture_titles(struct sl_picture *picture, const char *title, const char *rest, int width)
{
    enum { DATA_MOST = 40 /* characters */ };
    char *data = end_of(picture->table->study->data, DATA_MOST);
    char *subtitle = data ? sl_format("%s%s", data, rest) : NULL;
    double height = subtitle ? sl_figure_titles(&picture->figure, title, subtitle, width) : 0;
    picture->figure.settings.failed |= !subtitle;
    if (!width)
        snprintf(picture->figure.alt, sizeof picture->figure.alt, "%s. %s", title, subtitle ? subtitle : "");
    free(subtitle);
    free(data);
    return height;
}
