/* distortions.h - what the distortions of images are made of. */
#ifndef SL_EXPLAIN_DISTORTIONS_H
#define SL_EXPLAIN_DISTORTIONS_H

#include <shortlist/rng.h>
#include <shortlist/view.h>

/* An image at work: values (height, width, channels) from 0 to white. */
struct sl_disturbed {
    const struct sl_image *image;
    float white, background; /* the median of its border */
    double strength;
    struct sl_rng *rng; /* of the row */
    const float *in;
    float *out;
    float *scratch; /* of the image's size */
};

/* Steps of 8 x 8 blocks' cosine transforms are rounded as JPEG's luminance is at a quality of 1 ... 100
 * (Annex K of ITU-T T.81; the Independent JPEG Group's scaling); blocks at the edge repeat its pixels. */
void sl_distort_blocks(const struct sl_disturbed *d);

/* out = in, blurred by a Gaussian of standard deviation strength, in pixels; edges repeat. */
void sl_distort_blur(const struct sl_disturbed *d);

/* Each pixel of out is taken, between its four neighbours, from where a matrix about the middle and a shift
 * have it in the picture; outside of it is the background. */
struct sl_affine {
    double xx, xy, yx, yy, x, y;
};
void sl_distort_affine(const struct sl_disturbed *d, const struct sl_affine *from);

#endif
