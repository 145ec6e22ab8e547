/* plot.h - a study's pictures: SVG, PNG and PDF, drawn by gnuplot, with data (CSV) and script beside each. */
#ifndef SHORTLIST_PLOT_H
#define SHORTLIST_PLOT_H

#include <shortlist/api.h>
#include <shortlist/calibration.h>
#include <shortlist/embed.h>
#include <shortlist/errors.h>
#include <shortlist/explain.h>
#include <shortlist/robustness.h>
#include <shortlist/show.h>

SL_API_BEGIN

/* What a kind draws a picture for. */
enum sl_plot_per {
    SL_PLOT_PER_STUDY,
    SL_PLOT_PER_ROW,    /* one picture a row */
    SL_PLOT_PER_PAIR,   /* two rows: the second is `against` */
    SL_PLOT_PER_STUDIES /* several studies */
};

/* One row of the table of kinds, which help, completion and documents read. */
struct sl_plot_kind {
    const char *name; /* "accuracy-time", "confusion", ... */
    const char *help; /* what it shows */
    const char *needs;
    enum sl_plot_per per;
    int by_default;  /* drawn where no kind is asked for; those per row for the best row */
    int opens_data;  /* the data set is read again, and told by its hash */
    int opens_store; /* scores are read from the store */
};
size_t sl_plot_count(void);
const struct sl_plot_kind *sl_plot_at(size_t i); /* NULL past the end */
const struct sl_plot_kind *sl_plot_find(const char *name, struct sl_error *err);

/* A picture that is there: PATH.svg, PATH.png and PATH.pdf. */
struct sl_plot_made {
    const struct sl_plot_kind *kind;
    const char *row;  /* its name; NULL: of the whole study */
    const char *path; /* without an ending */
    const char *alt;  /* what it shows, in a sentence */
};

/* What is to be drawn; zeroed but for table and dir: everything by default. */
struct sl_plot_request {
    const struct sl_table *table;
    const struct sl_table *const *others; /* (n_others) of other studies, for kinds of several */
    size_t n_others;
    const struct sl_plot_kind *kind; /* NULL: those by default that the study has data for */
    const char *row;                 /* NULL: every row (where kind is NULL: the best) */
    const char *against;             /* kinds of two rows: the second; NULL: the next best */
    const char *truth, *predicted;   /* names of classes that images are filtered by; NULL: all */
    const char *out;  /* the store's folder, for scores; NULL: kinds that need them have no data */
    const char *data; /* where the study's data lie now; NULL: where they did */
    const char *dir;  /* pictures go here */
    int svg_only;
    int keep;     /* pictures whose data and script are as they were are not drawn again */
    int together; /* of kinds per row the picture of all rows alone */
    void (*made)(void *arg, const struct sl_plot_made *made); /* may be NULL */
    void *arg;
};

/* Draws by one gnuplot process.  SL_EUSAGE where a kind asked for by name has no data, saying what it needs;
 * SL_EIO where gnuplot is missing or fails: data and scripts are written all the same. */
int sl_plot_draw(const struct sl_plot_request *request, struct sl_error *err);

/* Draws an explanation into the folder, which is made if need be: of images the first ones with their values
 * over them (overlays) and the mean |value| of each pixel for each class (means); of tables the columns with
 * the largest mean |value| (bars) and all rows' values of them (beeswarm).  Tells the path of each picture,
 * unless made is NULL.  SL_EIO where gnuplot is missing or fails: data and scripts are written all the same.
 */
int sl_explanation_draw(const struct sl_explanation *x, const char *folder,
                        void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);
/* The same of its deletion and insertion curves (faithfulness). */
int sl_faithfulness_draw(const struct sl_explanation *x, const struct sl_faithfulness *faithfulness,
                         const char *folder, void (*made)(void *arg, const char *path), void *arg,
                         struct sl_error *err);
/* The same of importance by the method, which was measured on n rows, or with n 0 of the model alone (bars).
 */
int sl_importance_draw(const struct sl_model *model, const struct sl_explain_method *method,
                       const struct sl_importance *importance, size_t n, double accuracy, const char *folder,
                       void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);

/* What pictures of an embedding show. */
struct sl_embedding_pictures {
    const struct sl_embedding *embedding;
    const struct sl_embedding *beside; /* another one of the same rows, or NULL */
    const char *names[2];              /* of the two, where they stand side by side */
    const char *title, *subtitle;
    int zoom;                 /* a class to be looked at closely; -1: none */
    const struct sl_pca *pca; /* whose components are shown as images; NULL: none */
};
/* Draws into the folder, which is made if need be: the points by class, with names at the classes' medians,
 * and ringed where a model is wrong (embedding); a class's part of the plane (zoom); images in a grid over
 * the plane (thumbnails); components as images (components).  Tells paths and fails as sl_explanation_draw.
 */
int sl_embedding_draw(const struct sl_embedding_pictures *x, const char *folder,
                      void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);

/* Draws accuracies under distortions into the folder (robustness): a panel a distortion, a line for each of n
 * results, which have names.  Tells paths and fails as sl_explanation_draw. */
int sl_robustness_draw(const struct sl_robustness *results, const char *const *names, size_t n,
                       const char *subtitle, const char *folder, void (*made)(void *arg, const char *path),
                       void *arg, struct sl_error *err);

/* Draws a reliability diagram before and after calibration into the folder (reliability).  data: their name.
 * Tells paths and fails as sl_explanation_draw. */
int sl_calibration_draw(const struct sl_calibration *calibration, const char *data, const char *folder,
                        void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);

/* Draws an analysis of errors into the folder, which is made if need be: margins, error rates of subsets and,
 * of images, grids of the rows of its lists, of labels that may be wrong, and of the clusters inside each
 * class. Tells paths and fails as sl_explanation_draw. */
int sl_errors_draw(const struct sl_errors *errors, const char *folder,
                   void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);

SL_API_END
#endif
