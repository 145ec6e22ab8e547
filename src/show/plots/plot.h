/* plot.h - one picture: what it is of, and who fills and draws it. */
#ifndef SL_SHOW_PLOT_H
#define SL_SHOW_PLOT_H

#include "show/plots/figure.h"
#include <shortlist/plot.h>

struct sl_picture {
    const struct sl_plot_request *request;
    const struct sl_table *table;
    const struct sl_table_row *row, *against; /* kinds of one row, or two, else NULL */
    const char *classifier;                   /* sweep: whose rows */
    char reason[256];                         /* why there is nothing to draw, where that can be told */
    struct sl_figure figure;                  /* has_data stays 0 where the study has nothing for the kind */
};

/* Kinds.  Each begins the figure, and fills it. */
int sl_plot_accuracy_time(struct sl_picture *picture, struct sl_error *err);
int sl_plot_accuracy_score_time(struct sl_picture *picture, struct sl_error *err);
int sl_plot_scores(struct sl_picture *picture, struct sl_error *err);
int sl_plot_folds(struct sl_picture *picture, struct sl_error *err);
int sl_plot_ties(struct sl_picture *picture, struct sl_error *err);
int sl_plot_costs(struct sl_picture *picture, struct sl_error *err);
int sl_plot_classes(struct sl_picture *picture, struct sl_error *err);
int sl_plot_roc(struct sl_picture *picture, struct sl_error *err);
int sl_plot_precision_recall(struct sl_picture *picture, struct sl_error *err);
int sl_plot_reliability(struct sl_picture *picture, struct sl_error *err);
int sl_plot_training_size(struct sl_picture *picture, struct sl_error *err);
int sl_plot_critical_difference(struct sl_picture *picture, struct sl_error *err);
int sl_plot_class_counts(struct sl_picture *picture, struct sl_error *err);
int sl_plot_samples(struct sl_picture *picture, struct sl_error *err);
int sl_plot_images_right(struct sl_picture *picture, struct sl_error *err);
int sl_plot_images_wrong(struct sl_picture *picture, struct sl_error *err);
int sl_plot_sweep(struct sl_picture *picture, struct sl_error *err);
int sl_plot_curves(struct sl_picture *picture, struct sl_error *err);
int sl_plot_curves_together(struct sl_picture *picture, struct sl_error *err); /* of several rows */
int sl_plot_confusion(struct sl_picture *picture, struct sl_error *err);
int sl_plot_confusion_difference(struct sl_picture *picture, struct sl_error *err);

/* Writes FOLDER/STEM.csv, STEM.gp and, where there is an image, STEM.ppm. */
int sl_picture_write(const struct sl_picture *picture, const char *folder, const char *stem,
                     struct sl_error *err);
/* Are its files there, drawn from the same data by the same script? */
int sl_picture_is_drawn(const struct sl_picture *picture, const char *folder, const char *stem, int svg_only,
                        int *drawn, struct sl_error *err);
/* Title, and below it where the data are from, with rest behind; the height that they take. */
double sl_picture_titles(struct sl_picture *picture, const char *title, const char *rest, int width);
/* The study's title, or its name. */
const char *sl_picture_study_title(const struct sl_picture *picture);
/* Appends to what stands behind the data's name how many rows the picture lacks, having no score. */
void sl_picture_absent(const struct sl_table *table, char *rest, size_t size);
int sl_picture_begin(struct sl_picture *picture, int width, int height, struct sl_error *err);

/* Wilcoxon's signed-rank test of differences (n), which it sorts: the two-sided p-value. */
double sl_wilcoxon(double *difference, size_t n);

/* Has gnuplot draw FOLDER/STEM.svg, .png and .pdf (svg_only: the first) of each stem (n) from STEM.gp, by one
 * process as long as none fails.  A picture is there only once it is whole.  done is told of each, with a
 * reason where it is not drawn; what it returns ends the drawing where it is not 0, and is returned.
 * SL_EUSAGE where $SHORTLIST_PLOT_LIMIT is no time; SL_ECANCELLED where drawing was interrupted. */
struct sl_gnuplot {
    const char *folder;
    char **stems;
    size_t n;
    int svg_only, missing; /* missing: out: it is not installed */
    int (*done)(void *arg, size_t i, const struct sl_error *reason);
    void *arg;
};
int sl_gnuplot_draw(struct sl_gnuplot *gnuplot, struct sl_error *err);

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
