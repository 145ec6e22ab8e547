/* augment.h - random changes of training images: every epoch trains on another variant of each image. */
#ifndef SL_NN_AUGMENT_H
#define SL_NN_AUGMENT_H

#include "nn/layers/layer.h"

/* All 0: nothing is changed.  What a change uncovers, and what is erased, is 0 as the net sees it: background
 * for bytes scaled to [0, 1], the mean for standardised features. */
struct sl_augment_options {
    int shift;       /* pixels at most, in each direction */
    double flip;     /* probability of a mirror image, left for right */
    double rotation; /* degrees at most, either way */
    double zoom;     /* scaled by 1 - zoom to 1 + zoom */
    double crop;  /* a random window, whose sides are 1 - crop to 1 of the image's, takes its whole place */
    double erase; /* probability that a random rectangle, of 2 to 20 % of the image, is erased */
};

struct sl_augmenter {
    struct sl_augment_options options;
    struct sl_shape shape;
    float *scratch; /* (threads, scratch_size), owned */
    size_t scratch_size;
};

int sl_augment_is_off(const struct sl_augment_options *options);

/* For images of this shape, channels last. */
int sl_augmenter_init(struct sl_augmenter *a, const struct sl_augment_options *options, struct sl_shape shape,
                      int threads, struct sl_error *err);
void sl_augmenter_release(struct sl_augmenter *a);

/* What one image goes through, in this order. */
struct sl_change {
    int flip;
    double x, y;  /* centre of the window that is cut out, from the image's, as a share of its sides */
    double scale; /* old pixels a new one */
    double turn;  /* radians, clockwise */
    int dx, dy;   /* to the right and down */
    int erase_w, erase_h, erase_x, erase_y; /* width 0: nothing */
};

struct sl_change sl_augment_draw(const struct sl_augmenter *a, uint64_t key, size_t row);
void sl_augment_apply(const struct sl_augmenter *a, const struct sl_change *change, int thread, float *x);

/* Changes the images x (n, h, w, c), which are the rows row0 ... of a batch, in place.  What is drawn for a
 * row depends on key and its number alone, not on the thread. */
void sl_augment_rows(const struct sl_augmenter *a, uint64_t key, size_t row0, size_t n, int thread, float *x);

#endif
