/* view.h - rows of features, labels and weights, as a classifier sees them. */
#ifndef SHORTLIST_VIEW_H
#define SHORTLIST_VIEW_H

#include <shortlist/api.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

enum sl_dtype {
    SL_U8,     /* uint8_t: images of 8 bits a pixel */
    SL_F32,    /* float */
    SL_F64,    /* double: where floats would lose digits that scaling keeps.  A classifier never sees it */
    SL_SPARSE, /* struct sl_csr: floats, of which those that are 0 are not kept.  Only a classifier that has
                  SL_TAKES_SPARSE sees it */
};

/* Compressed sparse rows: row i has the entries start[i] ... start[i + 1] - 1. */
struct sl_csr {
    const size_t *start;    /* (n + 1), ascending; the first need not be 0 */
    const uint32_t *column; /* below d, ascending in a row */
    const float *value;
};

struct sl_image {
    int height, width, channels; /* all 0 where the rows are not images; else h*w*c == d */
};

/* n rows of features (and labels, and weights), contiguous.  A view owns nothing: it is passed by pointer or
 * copied by value, and is valid as long as what it points into. The real value of a byte feature is scale *
 * byte + offset (a common affine scaling keeps bytes on the exact byte path); for all others scale is
 * 1 and offset 0. */
struct sl_view {
    enum sl_dtype dtype;
    size_t n, d;
    const void *x;    /* (n, d): uint8_t, float or double; or a struct sl_csr */
    const int32_t *y; /* (n): labels 0 ... k-1, or NULL where there are none */
    int k;            /* number of classes of the data set (>= 1); a view may lack some of them */
    float scale, offset;
    struct sl_image image;
    const double *weight;  /* (n): what each row counts as when a classifier is fitted, >= 0; NULL: all 1 */
    const uint16_t *codes; /* (d): of a feature that is a category, 0 ... codes - 1 or NaN (missing, or no
                              category of the training rows), how many there are; of a number 0.  NULL: all
                              are numbers.  Only a classifier that has SL_TAKES_CATEGORIES sees it */
};

SL_API_END
#endif
