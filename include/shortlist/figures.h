/* figures.h - the tables and figures of the published studies that are reproduced: which experiment makes
 * each, and what of it is shown. */
#ifndef SHORTLIST_FIGURES_H
#define SHORTLIST_FIGURES_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <shortlist/show.h>

SL_API_BEGIN

struct sl_source {
    const char *name;  /* "papoutsis" */
    const char *title; /* authors and title */
};
size_t sl_source_count(void);
const struct sl_source *sl_source_at(size_t i); /* NULL past the end */
/* NULL with SL_EUSAGE, the nearest name and the list of names, when there is none called so. */
const struct sl_source *sl_source_find(const char *name, struct sl_error *err);

enum sl_figure_form {
    SL_FIGURE_TABLE,  /* the study's table */
    SL_FIGURE_REPORT, /* a row's class report */
    SL_FIGURE_PLOT,   /* a picture: kind */
    SL_FIGURE_COMMAND /* made by a command of its own: kind, in which %d is the study's data, %m the folder
                         of its models, %p that of the figure's pictures */
};

struct sl_figure {
    const char *source;     /* a name of the list above */
    const char *id;         /* of the file names: "figure-2" */
    const char *title;      /* "Figure 2: learning curves of three networks" */
    const char *published;  /* what the source says of it, in a sentence; NULL: nothing in numbers */
    const char *experiment; /* a shipped one */
    enum sl_figure_form form;
    const char *kind;  /* of plot, or the command; NULL: none */
    const char *row;   /* NULL: the whole study */
    const char *truth; /* pictures of images of this class only; NULL: of all */
};
const struct sl_figure *sl_figure_at(size_t i); /* NULL past the end */

/* The folder of the results that are kept with the program: a store, and tables of studies that it does not
 * hold; the caller frees it.  NULL where there is none. */
char *sl_figures_kept(void);
/* Writes the table that is kept of an experiment, without its study: a row's accuracy, its interval and the
 * published one.  SL_EUSAGE where none is kept. */
int sl_figures_kept_table(const char *experiment, FILE *to, struct sl_error *err);
/* Copies what is kept of a figure that a command makes, NAME being SOURCE-ID, into the folder, which is made
 * if need be: the SVG pictures, and printed.txt by the name kept.txt.  SL_EUSAGE where nothing is kept;
 * SL_EIO, SL_ENOMEM. */
int sl_figures_kept_pictures(const char *name, const char *folder, struct sl_error *err);

/* What came of a figure.  All but figure is owned: sl_figure_made_release. */
struct sl_figure_made {
    const struct sl_figure *figure;
    char *from;    /* where its numbers come from, in a sentence; NULL: the store that was named */
    char *text;    /* table, report, or what the command printed; NULL: none */
    char *outside; /* which published numbers are not within our intervals; NULL: all are */
    char *why;     /* that they are not, in a sentence; NULL: nothing is known */
    char *command; /* of SL_FIGURE_COMMAND, as one types it */
    char *missing; /* why there is nothing, in a line; NULL: there is something */
    char **paths;  /* (n_paths): of the pictures, from the page's folder, without ending */
    size_t n_paths;
    int out_of_memory;
};
/* A picture more; out of memory is told of by sl_figures_write. */
void sl_figure_made_add(struct sl_figure_made *made, const char *path);
void sl_figure_made_release(struct sl_figure_made *made);

/* A sentence that names the rows whose published number of the table's metric is not within our interval.
 * *text: the
 * caller frees it; NULL where there is none.  SL_ENOMEM. */
int sl_figures_outside(const struct sl_table *table, char **text, struct sl_error *err);

/* Writes an HTML page of these n figures, each with what was published and the commands that make it; quick:
 * of the experiments' quick settings, which are not the published protocols. */
int sl_figures_write(const struct sl_figure_made *made, size_t n, int quick, FILE *to, struct sl_error *err);
/* The same into a file, which never holds half a page.  SL_EIO, SL_ENOMEM. */
int sl_figures_save(const struct sl_figure_made *made, size_t n, int quick, const char *path,
                    struct sl_error *err);

SL_API_END
#endif
