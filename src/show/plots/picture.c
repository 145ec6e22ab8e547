/* picture.c - how texts and sizes get into a picture's script and data.
 *
 * Every text goes through sl_picture_text or sl_picture_field, and becomes a double-quoted string in which
 * only letters, digits and harmless marks stand for themselves, all else as \ooo: so there is nothing in it
 * that a shell, a string, a format, a comment or a block of gnuplot's could begin or end with.  A digit
 * behind \ooo is written so, too: gnuplot reads up to four digits.  Templates draw texts as labels and
 * titles, never as tics, whose texts gnuplot takes for formats. */
#include "core/memory.h"
#include "show/plots/plot.h"
#include <string.h>

static int stands_for_itself(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr(" .,:;=+-/()_", c));
}

char *sl_picture_shortened(const char *text, size_t most)
{
    char *visible = sl_visible(text);
    if (!visible || !most || sl_text_width(visible) <= most)
        return visible;
    char *cut = sl_format("%.*s…", (int)sl_text_bytes(visible, most - 1), visible);
    free(visible);
    return cut;
}

static void add_quoted(struct sl_string *to, const char *text, size_t most)
{
    char *shown = sl_picture_shortened(text, most);
    int escaped = 0;
    if (!shown)
        to->failed = 1;
    sl_string_add(to, "\"");
    for (const char *c = shown; c && *c; c++) {
        escaped = !stands_for_itself((unsigned char)*c) || (escaped && *c >= '0' && *c <= '7');
        sl_string_add(to, escaped ? "\\%03o" : "%c", (unsigned char)*c);
    }
    sl_string_add(to, "\"");
    free(shown);
}

void sl_picture_text(struct sl_picture *picture, const char *name, const char *value, size_t most)
{
    sl_string_add(&picture->settings, "%s = ", name);
    add_quoted(&picture->settings, value, most);
    sl_string_add(&picture->settings, "\n");
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

void sl_picture_titles(struct sl_picture *picture, const char *title, const char *rest)
{
    enum { MARGINS = 48, LARGE = 11, TWO_SMALL = 15 /* pixels of letters */, LEAST = 12 };
    size_t room = (size_t)(picture->width - MARGINS), small = 2 * room / TWO_SMALL,
           used = sl_text_width(rest);
    char *data = end_of(picture->table->study->data, small > used + LEAST ? small - used : LEAST);
    char *subtitle = data ? sl_format("%s%s", data, rest) : NULL;
    sl_picture_text(picture, "title", title, room / LARGE);
    sl_picture_text(picture, "subtitle", subtitle ? subtitle : "", 0);
    picture->settings.failed |= !subtitle;
    free(subtitle);
    free(data);
}

const char *sl_picture_study_title(const struct sl_picture *picture)
{
    const struct sl_study *study = picture->table->study;
    return study->title && *study->title ? study->title : study->name;
}

void sl_picture_number(struct sl_picture *picture, const char *name, double value)
{
    sl_string_add(&picture->settings, "%s = %.10g\n", name, value);
}

void sl_picture_field(struct sl_picture *picture, const char *text)
{
    add_quoted(&picture->data, text, 0);
}

void sl_picture_block_end(struct sl_picture *picture)
{
    sl_string_add(&picture->data, "\n\n");
}
