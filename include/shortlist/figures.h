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
    SL_FIGURE_ERRORS, /* an analysis of a row's errors */
    SL_FIGURE_COMMAND /* made by a command of its own: kind */
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

/* What came of a figure. */
struct sl_figure_made {
    const struct sl_figure *figure;
    const char *from;    /* where its numbers come from, in a sentence; NULL: the store that was named */
    const char *path;    /* of the picture, from the page's folder, without ending; NULL: none */
    const char *text;    /* table or report; NULL: none */
    const char *missing; /* why there is nothing, in a line; NULL: there is something */
};

/* Writes an HTML page of these n figures, each with what was published and the commands that make it; quick:
 * of the experiments' quick settings, which are not the published protocols. */
int sl_figures_write(const struct sl_figure_made *made, size_t n, int quick, FILE *to, struct sl_error *err);

SL_API_END
#endif
