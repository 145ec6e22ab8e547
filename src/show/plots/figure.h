/* figure.h - a picture in the making, in pixels from its upper left corner.
 *
 * C decides where everything stands: it measures texts, so that none is cut and none stands on another.  What
 * it writes is a gnuplot script of plain settings and a CSV table that the script draws.  Users' texts get
 * into the script through sl_figure_text alone. */
#ifndef SL_SHOW_FIGURE_H
#define SL_SHOW_FIGURE_H

#include "core/text.h"
#include <shortlist/api.h>
#include <stdint.h>
#include <stdio.h>

/* Colours, as gnuplot takes them: Okabe and Ito's, which colour-blind readers can tell apart, with
 * lightnesses that differ where two stand side by side (plots/style.gp says why). */
#define SL_INK "#2b2b2b"
#define SL_GREY "#6b6b6b"
#define SL_PALE "#e4e4e4"
#define SL_BLUE "#005a9c"
#define SL_ORANGE "#e69f00"
#define SL_RED "#d55e00"
#define SL_DULL "#9aa5b1"

enum { SL_SMALL = 11, SL_TEXT = 13, SL_LARGE = 18, SL_MARGIN = 24 /* pixels */ };
enum { SL_TICKS = 24, SL_SERIES_COLOURS = 7 };

/* Where a text stands by its point; SL_UP: turned, to be read upwards. */
enum sl_text_how { SL_LEFT, SL_CENTRE, SL_RIGHT, SL_UP = 4 };

struct sl_axis {
    double low, high;
    int log;
    const char *title; /* NULL: none */
    int n, no_texts;   /* ticks; no_texts: the neighbour has them */
    double at[SL_TICKS];
    char text[SL_TICKS][24];
};

struct sl_panel {
    double left, top, right, bottom; /* of the frame */
    struct sl_axis x, y;             /* y upwards */
    int no_grid_x, no_grid_y, no_frame;
};

struct sl_figure {
    int width, height;
    struct sl_string settings; /* labels, arrows and objects of the panel at work */
    struct sl_string elements; /* what it plots */
    struct sl_string body;     /* panels that are done */
    FILE *csv;
    char *csv_text;
    size_t csv_size;
    unsigned char *image; /* PPM beside the CSV, for plots of images; owned */
    size_t image_size;
    int panels, has_data;
    char alt[400]; /* what it shows, in a sentence: for readers who do not see it */
};

/* 0, or -1 when out of memory. */
int sl_figure_begin(struct sl_figure *figure, int width, int height);
void sl_figure_release(struct sl_figure *figure);
/* Closes the table; -1 when out of memory at any time. */
int sl_figure_end(struct sl_figure *figure);

/* Title and subtitle, in as many lines as it takes; the height that they take.  width 0: that of the figure,
 * and they are written; else they are only measured. */
double sl_figure_titles(struct sl_figure *figure, const char *title, const char *subtitle, int width);
void sl_figure_text(struct sl_figure *figure, double x, double y, int how, int size, const char *colour,
                    const char *text);
void sl_figure_textf(struct sl_figure *figure, double x, double y, int how, int size, const char *colour,
                     const char *format, ...) __attribute__((format(printf, 7, 8)));
/* A mark or a line at pixels, as keys have them.  point: gnuplot's point type. */
void sl_figure_mark(struct sl_figure *figure, double x, double y, int point, double size, const char *colour);
void sl_figure_line(struct sl_figure *figure, double x0, double y0, double x1, double y1, const char *colour,
                    double width, int dash);
void sl_figure_box(struct sl_figure *figure, double x0, double y0, double x1, double y1, const char *colour);

/* A panel: frame, ticks and their texts, axis titles (that of y stands above the frame).  Then elements of
 * gnuplot's plot command without the file, in which $1 ... are the table's columns. */
void sl_figure_panel(struct sl_figure *figure, const struct sl_panel *panel);
void sl_figure_plot(struct sl_figure *figure, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sl_figure_panel_end(struct sl_figure *figure);

/* A field of the table: a text, or a number that is empty where it is NaN.  Separators are the caller's. */
void sl_figure_field(struct sl_figure *figure, const char *text);
void sl_figure_number(struct sl_figure *figure, double value);

/* One entry of a key: a mark, a line or both. */
struct sl_key {
    const char *text, *colour;
    int point, dash; /* 0: none */
};
/* A key from (left, top) on in lines up to right; returns the height that it takes.  With no figure it is
 * only measured. */
double sl_figure_key(struct sl_figure *figure, double left, double top, double right,
                     const struct sl_key *keys, size_t n);

/* Colours, points and dashes of the i-th series. */
const char *sl_series_colour(size_t i);
int sl_series_point(size_t i);
int sl_series_dash(size_t i);

/* Texts -------------------------------------------------------------------------------------------- */

/* Width in pixels, rather too large: by the widest of the common sans serif fonts. */
double sl_text_pixels(const char *text, double size);
/* text as people can read it, with an ellipsis in its middle where it is wider.  The caller frees it; NULL
 * when out of memory. */
char *sl_text_fit(const char *text, double size, double pixels);
/* Names (n) that tell things apart in little room: words that they all begin or end with are taken off; those
 * at the beginning are returned ("" where there are none); each fits into pixels; equal ones get numbers. out
 * (n): the caller frees them and what is returned; NULL when out of memory. */
char *sl_names_fit(const char *const *names, size_t n, double size, double pixels, char **out);

/* Axes --------------------------------------------------------------------------------------------- */

/* From low to high (equal or not finite: around it), with room at the ends but within floor and ceiling, and
 * ticks that have room in so many pixels. */
void sl_axis_linear(struct sl_axis *axis, double low, double high, double floor, double ceiling,
                    double pixels, int is_x);
/* Of whole numbers, after sl_axis_linear: no ticks between them. */
void sl_axis_whole(struct sl_axis *axis, double pixels, int is_x);
void sl_axis_log(struct sl_axis *axis, double low, double high, double pixels, int is_x);
/* Whole numbers 1 ... n. */
void sl_axis_count(struct sl_axis *axis, size_t n, double pixels);
/* Without ticks: places 0 ... n-1, the first on top where it is y. */
void sl_axis_places(struct sl_axis *axis, size_t n, int is_y);
/* Where a value stands between two pixels. */
double sl_axis_at(const struct sl_axis *axis, double value, double from, double to);
/* Widest text of the ticks. */
double sl_axis_texts(const struct sl_axis *axis);

#endif
