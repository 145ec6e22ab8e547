/* line_search.h - finds a step along a direction: sufficient decrease and curvature (strong Wolfe), by Moré
 * and Thuente, ACM TOMS 20 (1994). */
#ifndef SL_LINEAR_LINE_SEARCH_H
#define SL_LINEAR_LINE_SEARCH_H

/* One end of the interval that holds the step sought: phi(step) = f(x + step * direction). */
struct sl_line_point {
    double step, f, slope;
};

struct sl_line_search {
    double step; /* evaluate here */
    /* the method's own */
    double f0, slope0;
    struct sl_line_point best, other;
    double low, high; /* bounds of the next step */
    double wall;      /* the least step at which f was not finite */
    double width, width_before;
    int bracketed, decreasing; /* decreasing: second stage, phi itself is modelled */
};

enum sl_line_verdict {
    SL_LINE_TRY,      /* evaluate at the new step */
    SL_LINE_FOUND,    /* the step last evaluated meets both conditions */
    SL_LINE_ROUNDING, /* the interval is as small as rounding allows: take the step if it lowers f */
};

/* f0, slope0 < 0 at step 0; step: the first to try.  0 if they are not finite or not downhill. */
int sl_line_search_begin(struct sl_line_search *line, double f0, double slope0, double step);
/* f and slope at line->step. */
enum sl_line_verdict sl_line_search_next(struct sl_line_search *line, double f, double slope);

#endif
