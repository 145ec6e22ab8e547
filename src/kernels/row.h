/* row.h - one row of bytes or floats and one vector of doubles: where floats would lose the digits that a
 * tight tolerance asks for.  Rows lie on any boundary; ld is a multiple of SL_LANES (kernels/skinny.h). */
#ifndef SL_KERNELS_ROW_H
#define SL_KERNELS_ROW_H

#include <stddef.h>

/* x . w over ld features. */
double sl_row_dot_f64(const void *x, int bytes, const double *w, size_t ld);

/* w += a x. */
void sl_row_add_f64(double *w, double a, const void *x, int bytes, size_t ld);

/* w += a x * x, element by element. */
void sl_row_add_squares_f64(double *w, double a, const void *x, int bytes, size_t ld);

/* The first by the definition: what tests compare with. */
double sl_row_dot_f64_plain(const void *x, int bytes, const double *w, size_t ld);

#endif
