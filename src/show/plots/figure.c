/* figure.c - what a figure's script says: texts, marks, panels.
 *
 * Every text becomes a double-quoted string in which only letters, digits and harmless marks stand for
 * themselves, all else as \ooo, so that there is nothing in it that a shell, a string, a format, a comment or
 * a block of gnuplot's could begin or end with.  A digit behind \ooo is written so, too: gnuplot reads up to
 * four digits.  Texts are labels, never tics or titles of curves, whose texts gnuplot takes for formats. */
#include "show/plots/figure.h"
#include "core/memory.h"
#include "show/plots/fonts.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

int sl_figure_begin(struct sl_figure *figure, int width, int height)
{
    *figure = (struct sl_figure){.width = width, .height = height};
    figure->csv = open_memstream(&figure->csv_text, &figure->csv_size);
    return figure->csv ? 0 : -1;
}

int sl_figure_end(struct sl_figure *figure)
{
    int failed = figure->settings.failed || figure->elements.failed || figure->body.failed;
    if (figure->csv)
        failed |= fclose(figure->csv) != 0;
    figure->csv = NULL;
    return failed ? -1 : 0;
}

void sl_figure_release(struct sl_figure *figure)
{
    if (figure->csv)
        fclose(figure->csv);
    free(figure->csv_text);
    free(figure->image);
    sl_string_release(&figure->settings);
    sl_string_release(&figure->elements);
    sl_string_release(&figure->body);
    *figure = (struct sl_figure){0};
}

/* Texts and marks ---------------------------------------------------------------------------------- */

static int stands_for_itself(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr(" .,:;=+-/()_", c));
}

static void add_quoted(struct sl_string *to, const char *text)
{
    int escaped = 0;
    sl_string_add(to, "\"");
    for (const char *c = text; *c; c++) {
        escaped = !stands_for_itself((unsigned char)*c) || (escaped && *c >= '0' && *c <= '7');
        sl_string_add(to, escaped ? "\\%03o" : "%c", (unsigned char)*c);
    }
    sl_string_add(to, "\"");
}

/* The text, and in PNG and PDF the one without characters that no font has. */
static void add_text(struct sl_string *to, const char *text)
{
    char *replaced = sl_fonts_replace(text, &to->failed);
    if (replaced)
        sl_string_add(to, "(format eq 'svg' ? ");
    add_quoted(to, text);
    if (replaced) {
        sl_string_add(to, " : ");
        add_quoted(to, replaced);
        sl_string_add(to, ")");
    }
    free(replaced);
}

/* plots/style.gp says what part of the picture a pixel is. */
static void add_pixel(struct sl_figure *figure, double x, double y)
{
    sl_string_add(&figure->settings, "screen %.2f*px, screen 1-%.2f*py", x, y);
}

void sl_figure_text(struct sl_figure *figure, double x, double y, int how, int size, const char *colour,
                    const char *text)
{
    static const char *const sides[] = {"left", "center", "right"};
    char *shown = sl_visible(text);
    if (!shown)
        figure->settings.failed = 1;
    else if (*shown) {
        sl_string_add(&figure->settings, "set label ");
        add_text(&figure->settings, shown);
        sl_string_add(&figure->settings, " at ");
        add_pixel(figure, x, y);
        sl_string_add(&figure->settings, " %s%s font \",%d\" textcolor rgb \"%s\" front\n", sides[how & 3],
                      how & SL_UP ? " rotate by 90" : "", size, colour);
    }
    free(shown);
}

void sl_figure_textf(struct sl_figure *figure, double x, double y, int how, int size, const char *colour,
                     const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sl_figure_text(figure, x, y, how, size, colour, text);
}

void sl_figure_mark(struct sl_figure *figure, double x, double y, int point, double size, const char *colour)
{
    sl_string_add(&figure->settings, "set label \"\" at ");
    add_pixel(figure, x, y);
    sl_string_add(&figure->settings, " point pointtype %d pointsize %g * size linecolor rgb \"%s\" front\n",
                  point, size, colour);
}

void sl_figure_line(struct sl_figure *figure, double x0, double y0, double x1, double y1, const char *colour,
                    double width, int dash)
{
    sl_string_add(&figure->settings, "set arrow from ");
    add_pixel(figure, x0, y0);
    sl_string_add(&figure->settings, " to ");
    add_pixel(figure, x1, y1);
    sl_string_add(&figure->settings, " nohead linewidth %g dashtype %d linecolor rgb \"%s\"\n", width,
                  dash ? dash : 1, colour);
}

void sl_figure_box(struct sl_figure *figure, double x0, double y0, double x1, double y1, const char *colour)
{
    sl_string_add(&figure->settings, "set object rectangle from ");
    add_pixel(figure, x0, y0);
    sl_string_add(&figure->settings, " to ");
    add_pixel(figure, x1, y1);
    sl_string_add(&figure->settings, " fillcolor rgb \"%s\" fillstyle solid noborder back\n", colour);
}

/* A line of at most so many pixels, broken at a blank; what remains of text. */
static const char *take_line(const char *text, double size, double pixels, char *line, size_t room)
{
    size_t used = 0, last = 0;
    for (; text[used] && used + 4 < room; used++) {
        memcpy(line, text, used);
        line[used] = 0;
        if (text[used] == ' ' && (last == 0 || sl_text_pixels(line, size) <= pixels))
            last = used;
        else if (last && sl_text_pixels(line, size) > pixels)
            break;
    }
    memcpy(line, text, used);
    line[used] = 0;
    if (!text[used] && (sl_text_pixels(line, size) <= pixels || !last))
        return text + used;
    line[last ? last : used] = 0;
    return text + (last ? last + 1 : used);
}

double sl_figure_titles(struct sl_figure *figure, const char *title, const char *subtitle, int width)
{
    enum { LINE = 18 };
    double y = 52, room = (width ? width : figure->width) - 2 * SL_MARGIN;
    char line[1024], *fitted = sl_text_fit(title, SL_LARGE, room), *seen = sl_visible(subtitle);
    figure->settings.failed |= !fitted || !seen;
    if (!width && fitted)
        sl_figure_text(figure, SL_MARGIN, 26, SL_LEFT, SL_LARGE, SL_INK, fitted);
    for (const char *rest = seen; rest && *rest; y += LINE) {
        rest = take_line(rest, SL_TEXT, room, line, sizeof line);
        char *short_line = sl_text_fit(line, SL_TEXT, room);
        if (!width && short_line)
            sl_figure_text(figure, SL_MARGIN, y, SL_LEFT, SL_TEXT, SL_GREY, short_line);
        figure->settings.failed |= !short_line;
        free(short_line);
    }
    free(fitted);
    free(seen);
    return y - 4;
}

/* Panels ------------------------------------------------------------------------------------------- */

static void add_axis(struct sl_figure *figure, const struct sl_axis *axis, char name)
{
    struct sl_string *to = &figure->settings;
    sl_string_add(to, "%sset logscale %c\n", axis->log ? "" : "un", name);
    sl_string_add(to, "set %crange [%.10g:%.10g]\n", name, axis->low, axis->high);
    if (!axis->n)
        sl_string_add(to, "unset %ctics\n", name);
    for (int i = 0; i < axis->n; i++)
        sl_string_add(to, "%s\"\" %.10g%s",
                      i             ? ", "
                      : name == 'x' ? "set xtics ("
                                    : "set ytics (",
                      axis->at[i], i + 1 < axis->n ? "" : ")\n");
}

static void add_texts(struct sl_figure *figure, const struct sl_panel *panel)
{
    const struct sl_axis *x = &panel->x, *y = &panel->y;
    for (int i = 0; i < x->n && !x->no_texts; i++)
        sl_figure_text(figure, sl_axis_at(x, x->at[i], panel->left, panel->right), panel->bottom + 16,
                       SL_CENTRE, SL_TEXT, SL_INK, x->text[i]);
    for (int i = 0; i < y->n && !y->no_texts; i++)
        sl_figure_text(figure, panel->left - 8, sl_axis_at(y, y->at[i], panel->bottom, panel->top), SL_RIGHT,
                       SL_TEXT, SL_INK, y->text[i]);
    if (x->title)
        sl_figure_text(figure, (panel->left + panel->right) / 2,
                       panel->bottom + (x->n && !x->no_texts ? 37 : 18), SL_CENTRE, SL_TEXT, SL_INK,
                       x->title);
    if (y->title)
        sl_figure_text(figure, panel->left - (y->no_texts ? 0 : sl_axis_texts(y) + 8), panel->top - 14,
                       SL_LEFT, SL_TEXT, SL_INK, y->title);
}

void sl_figure_panel(struct sl_figure *figure, const struct sl_panel *panel)
{
    struct sl_string *to = &figure->settings;
    sl_string_add(to, "set lmargin at screen %.2f*px; set rmargin at screen %.2f*px\n", panel->left,
                  panel->right);
    sl_string_add(to, "set tmargin at screen 1-%.2f*py; set bmargin at screen 1-%.2f*py\n", panel->top,
                  panel->bottom);
    add_axis(figure, &panel->x, 'x');
    add_axis(figure, &panel->y, 'y');
    sl_string_add(to, "set border %d\n", panel->no_frame ? 0 : 3);
    sl_string_add(to, "set grid %sxtics %sytics\n", panel->no_grid_x || !panel->x.n ? "no" : "",
                  panel->no_grid_y || !panel->y.n ? "no" : "");
    add_texts(figure, panel);
}

void sl_figure_plot(struct sl_figure *figure, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sl_string_add(&figure->elements, "%s%s%s notitle", figure->elements.size ? ", \\\n    " : "",
                  text[0] == '@' || text[0] == '\'' ? "" : "data skip 1 ", text[0] == '@' ? text + 1 : text);
}

/* A panel without elements is drawn by a point that is outside. */
void sl_figure_panel_end(struct sl_figure *figure)
{
    sl_string_add(&figure->body, "%splot %s\n", figure->settings.size ? figure->settings.text : "",
                  figure->elements.size ? figure->elements.text : "NaN notitle");
    sl_string_add(&figure->body, "unset label; unset arrow; unset object\n");
    figure->body.failed |= figure->settings.failed || figure->elements.failed;
    sl_string_release(&figure->elements);
    sl_string_release(&figure->settings);
    figure->panels++;
}

void sl_figure_field(struct sl_figure *figure, const char *text)
{
    char *shown = sl_visible(text);
    if (shown)
        sl_write_csv_field(figure->csv, shown);
    else
        figure->settings.failed = 1;
    free(shown);
}

void sl_figure_number(struct sl_figure *figure, double value)
{
    if (isfinite(value))
        fprintf(figure->csv, ",%.7g", value);
    else
        fputc(',', figure->csv);
}

/* Keys --------------------------------------------------------------------------------------------- */

double sl_figure_key(struct sl_figure *figure, double left, double top, double right,
                     const struct sl_key *keys, size_t n)
{
    enum { LINE = 20, SAMPLE = 26, GAP = 22 };
    double x = left, y = top + LINE / 2.0;
    for (size_t i = 0; i < n; i++) {
        char *text = sl_text_fit(keys[i].text, SL_TEXT, right - left - SAMPLE - 8);
        double width = SAMPLE + 8 + (text ? sl_text_pixels(text, SL_TEXT) : 0);
        if (x > left && x + width > right) {
            x = left;
            y += LINE;
        }
        if (figure && text) {
            if (keys[i].dash)
                sl_figure_line(figure, x, y, x + SAMPLE, y, keys[i].colour, 2, keys[i].dash);
            if (keys[i].point)
                sl_figure_mark(figure, x + SAMPLE / 2.0, y, keys[i].point, 1.1, keys[i].colour);
            sl_figure_text(figure, x + SAMPLE + 6, y, SL_LEFT, SL_TEXT, SL_INK, text);
        }
        if (figure && !text)
            figure->settings.failed = 1;
        free(text);
        x += width + GAP;
    }
    return n ? y + LINE / 2.0 - top : 0;
}

const char *sl_series_colour(size_t i)
{
    static const char *const colours[SL_SERIES_COLOURS] = {SL_BLUE, SL_ORANGE, "#3d3d3d", "#56b4e9",
                                                           SL_RED,  "#cc79a7", "#009e73"};
    return colours[i % SL_SERIES_COLOURS];
}

int sl_series_point(size_t i)
{
    static const int points[] = {7, 5, 9, 13, 11, 4, 6};
    return points[i % SL_SERIES_COLOURS];
}

/* gnuplot's: 1 is a whole line.  The same colour comes again with another dash. */
int sl_series_dash(size_t i)
{
    return 1 + (int)(i % 5);
}
