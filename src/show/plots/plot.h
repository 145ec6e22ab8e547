/* plot.h - one picture in the making: what its gnuplot script is told, and its data. */
#ifndef SL_SHOW_PLOT_H
#define SL_SHOW_PLOT_H

#include "core/text.h"
#include <shortlist/show.h>

enum { TITLE_SIZE = 1024 }; /* bytes */

struct sl_picture {
    const struct sl_table *table;
    const struct sl_table_row *row; /* kinds of one row, else NULL */
    const char *classifier;         /* sweep: whose rows */
    int width, height;              /* pixels; kinds may change them */
    struct sl_string settings;      /* lines "name = value": the head of the script */
    struct sl_string data;          /* the data file: tab-separated, blocks parted by two empty lines */
    int has_data;
};

/* Text as people can read it, at most that many characters of it (0: all), the last of them an ellipsis.  The
 * caller frees it; NULL when out of memory. */
char *sl_picture_shortened(const char *text, size_t most);
/* name = "value", so that gnuplot takes every character of value for itself; shortened to most. */
void sl_picture_text(struct sl_picture *picture, const char *name, const char *value, size_t most);
/* title, and subtitle: the data set's name with rest behind it, shortened to the picture's width. */
void sl_picture_titles(struct sl_picture *picture, const char *title, const char *rest);
/* The study's title, or its name. */
const char *sl_picture_study_title(const struct sl_picture *picture);
void sl_picture_number(struct sl_picture *picture, const char *name, double value);
/* A field of the data file, quoted likewise; for readers of the file: templates draw no texts from it. */
void sl_picture_field(struct sl_picture *picture, const char *text);
void sl_picture_block_end(struct sl_picture *picture);

/* Fill settings and data; has_data stays 0 where the study has nothing for this kind. */
int sl_plot_accuracy_time(struct sl_picture *picture, struct sl_error *err);
int sl_plot_sweep(struct sl_picture *picture, struct sl_error *err);
int sl_plot_curves(struct sl_picture *picture, struct sl_error *err);
int sl_plot_curves_together(struct sl_picture *picture, struct sl_error *err); /* of several rows */
int sl_plot_confusion(struct sl_picture *picture, struct sl_error *err);

/* Writes FOLDER/STEM.dat and STEM.gp (settings, plots/style.gp, plots/KIND.gp). */
int sl_picture_write(const struct sl_picture *picture, const char *kind, const char *folder, const char *stem,
                     struct sl_error *err);

/* What is known of gnuplot over several pictures. */
struct sl_gnuplot {
    double limit; /* seconds that it may take for one picture */
    int missing;  /* it is not installed */
    int hung;     /* pictures on which it was ended at the limit */
};
/* Reads the limit from $SHORTLIST_PLOT_LIMIT; SL_EUSAGE where that is no time. */
int sl_gnuplot_begin(struct sl_gnuplot *gnuplot, struct sl_error *err);

/* Has gnuplot draw FOLDER/STEM.svg and .png from STEM.gp; they are there only once they are whole.  SL_EIO
 * where gnuplot is missing, fails, hangs or leaves a picture cut; SL_ECANCELLED where it was interrupted. */
int sl_picture_draw(struct sl_gnuplot *gnuplot, const char *folder, const char *stem, struct sl_error *err);

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
