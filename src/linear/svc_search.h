/* svc_search.h - the squared hinge along a line, given the rows' margins. */
#ifndef SL_LINEAR_SVC_SEARCH_H
#define SL_LINEAR_SVC_SEARCH_H

#include <stddef.h>

/* f(s) = norm[0] + norm[1] s + norm[2] s^2 + sum_i C_i max(0, 1 - m_i - s u_i)^2. */
struct sl_svc_line {
    size_t n;
    const double *m, *u; /* (n) margins y_i w.x_i, and what they change by */
    const double *C;     /* (n) */
    double norm[3];
};

/* f(s), and if asked for its first two derivatives. */
double sl_svc_line_value(const struct sl_svc_line *line, double s, double *first, double *second);

/* Where f is least: the root of its derivative, which rises piecewise linearly; 0 if f falls nowhere. */
double sl_svc_line_search(const struct sl_svc_line *line);

#endif
