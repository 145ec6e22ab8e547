/* csv_pixels.h - columns pixel0, pixel1, ...: which pixel is which. */
#ifndef SL_DATA_CSV_PIXELS_H
#define SL_DATA_CSV_PIXELS_H

#include "data/dataset.h"
#include <stddef.h>

/* pixel0, pixel1, ... */
int sl_is_pixel_name(const char *name);

/* Sorts columns (n), numbers of names, by the numbers of their pixels, where all are called pixel and another
 * number.  *moved: did that change their order?  -1 when out of memory. */
int sl_sort_pixels(char *const *names, size_t *columns, size_t n, int *moved);

/* Are these all the pixels of an image, in their order: no number left out between the first, 0 or 1, and the
 * last? */
int sl_are_all_pixels(char *const *names, size_t n);

/* Columns pixel0, pixel1, ..., none left out, are the pixels of a grey image, which is square where their
 * number is one, else a line; rows beside an image data set are images like its own. Zeros: rows are no
 * images.  columns (d): names, or NULL. */
struct sl_image sl_find_image(char *const *columns, size_t d, const struct sl_dataset *like);

#endif
