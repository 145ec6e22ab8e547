/* members_way.h - how a method fits the members of a group. */
#ifndef SL_LINEAR_MEMBERS_WAY_H
#define SL_LINEAR_MEMBERS_WAY_H

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
    double seconds; /* of what the call took, this fit's part beside the others'; all 0: equal parts */
    int code;       /* SL_EDIVERGED: there is no model, and the member is left out */
};

/* How two members of a part stand to each other: equivalences. */
enum sl_company {
    SL_ALONE,
    SL_TOGETHER, /* one call may fit both */
    SL_NESTED,   /* and should: the one fit is a part of the other */
};

struct sl_members_way {
    double operations; /* of one fit, about */
    /* NULL: every member alone */
    enum sl_company (*company)(void *arg, size_t member, size_t other);
    /* n > 1: members in company, nested ones side by side.  SL_EDIVERGED: of the only one. */
    int (*fit)(void *arg, struct sl_member_fit *fits, size_t n, struct sl_error *err);
    void *arg;
};

#endif
