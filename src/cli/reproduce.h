/* reproduce.h - what shortlist reproduce is making: the figures so far, and the study of the one at work. */
#ifndef CLI_REPRODUCE_H
#define CLI_REPRODUCE_H

#include "cli.h"
#include <shortlist/figures.h>

enum { CLI_FIGURES_MAX = 200, CLI_REPRODUCE_PATH = 600 };

struct cli_making {
    const struct cli_args *args;
    int quick, fits;                     /* fits: what is missing is fitted, by --quick or --full */
    char folder[CLI_REPRODUCE_PATH / 2]; /* of the page */
    size_t n;
    struct sl_figure_made made[CLI_FIGURES_MAX];
    struct cli_study study; /* of the figure at work */
    char *kept;             /* folder of the results that are kept with the program, or NULL; owned */
    const char *store;      /* the one that the study is from */
    char *name;             /* its name, owned */
    char *why;              /* the experiment's note, owned, or NULL */
    char *missing;          /* why it is not there, owned; NULL: it is */
};

/* Draws or writes a figure of the study at work (reproduce_figure.c). */
void cli_make_figure(struct cli_making *making, const struct sl_figure *figure);

/* Does its command look at a model that the study saved?  (reproduce_command.c) */
int cli_figure_wants_model(const struct sl_figure *figure);
/* Runs its command where that is asked for; else shows what an earlier run has left, or what is kept. */
void cli_make_by_command(struct cli_making *making, const struct sl_figure *figure,
                         struct sl_figure_made *made);

#endif
