/* members.h - the fits of a group side by side, each on one thread: for methods whose fits share the rows and
 * little else. */
#ifndef SL_LINEAR_MEMBERS_H
#define SL_LINEAR_MEMBERS_H

#include "data/classes.h"
#include "linear/model.h"
#include "linear/run.h"

/* One fit, of two classes or more. */
struct sl_member_fit {
    size_t number, part;
    const struct sl_view *train; /* n: rows that are fitted; x: all rows of the group; y NULL */
    const uint32_t *list;        /* (train->n) which of them are fitted */
    const struct sl_classes *classes;
    struct sl_linear_run run;
    struct sl_linear *model; /* zero weights */
    struct sl_fit_report *report;
};

/* Calls fit for every member, from several threads, and the group's done.  A member whose fit returns
 * SL_EDIVERGED is left out; other errors end the group. operations: of one fit, about. */
int sl_members_fit(const struct sl_group *group, double operations,
                   int (*fit)(void *arg, const struct sl_member_fit *fit, struct sl_error *err), void *arg,
                   struct sl_error *err);

#endif
