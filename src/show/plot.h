/* plot.h - one picture in the making: what its gnuplot script is told, and its data. */
#ifndef SL_SHOW_PLOT_H
#define SL_SHOW_PLOT_H

#include "core/text.h"
#include <shortlist/show.h>

struct sl_picture {
    const struct sl_table *table;
    const struct sl_table_row *row; /* kinds of one row, else NULL */
    const char *classifier;         /* sweep: whose rows */
    int width, height;              /* pixels; kinds may change them */
    struct sl_string settings;      /* lines "name = value": the head of the script */
    struct sl_string data;          /* the data file: tab-separated, blocks parted by two empty lines */
    int has_data;
};

/* name = 'value', so that gnuplot takes every character of value for itself. */
void sl_picture_text(struct sl_picture *picture, const char *name, const char *value);
void sl_picture_number(struct sl_picture *picture, const char *name, double value);
/* A field of the data file: tabs and line ends become blanks, backslashes stay backslashes. */
void sl_picture_field(struct sl_picture *picture, const char *text);
void sl_picture_block_end(struct sl_picture *picture);

/* Fill settings and data; has_data stays 0 where the study has nothing for this kind. */
int sl_plot_accuracy_time(struct sl_picture *picture, struct sl_error *err);
int sl_plot_sweep(struct sl_picture *picture, struct sl_error *err);
int sl_plot_curves(struct sl_picture *picture, struct sl_error *err);
int sl_plot_curves_together(struct sl_picture *picture, struct sl_error *err); /* of several rows */
int sl_plot_confusion(struct sl_picture *picture, struct sl_error *err);

/* 1 where the classifier's rows differ in some hyperparameter. */
int sl_is_swept(const struct sl_table *table, const char *classifier);

/* Writes FOLDER/STEM.dat and STEM.gp (settings, plots/style.gp, plots/KIND.gp) and has gnuplot draw
 * STEM.svg and STEM.png.  SL_EIO when gnuplot is not there or fails: data and script stay. */
int sl_picture_draw(const struct sl_picture *picture, const char *kind, const char *folder, const char *stem,
                    struct sl_error *err);

/* Labels that keep off each other (labels.c), all in pixels, y upwards. */
struct sl_label {
    const char *text;
    double x, y;       /* the point it names */
    double low, high;  /* its error bar, as y */
    double at_x, at_y; /* out: where the text is anchored */
    int side;          /* out: 1 the anchor is the text's left end, 0 its middle, -1 its right end */
    int shown;         /* in: wants to be labelled; out: is */
};
struct sl_box {
    double left, bottom, right, top;
};
/* obstacles (m): what else labels should not stand on. */
void sl_labels_place(struct sl_label *labels, size_t n, const struct sl_box *obstacles, size_t m,
                     double width, double height);

#endif
