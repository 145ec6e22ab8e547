/* kinds.h - the table of plot kinds, from within. */
#ifndef SL_SHOW_KINDS_H
#define SL_SHOW_KINDS_H

#include "show/plots/plot.h"

typedef int (*sl_plot_fill)(struct sl_picture *picture, struct sl_error *err);

/* What fills a kind's pictures, and a picture of all rows of a kind per row; NULL: there is none. */
sl_plot_fill sl_plot_filler(const struct sl_plot_kind *kind);
sl_plot_fill sl_plot_together(const struct sl_plot_kind *kind);

#endif
