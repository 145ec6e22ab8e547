/* picture_fit.h - from a picture to an image of a model's shape. */
#ifndef SL_READERS_PICTURE_FIT_H
#define SL_READERS_PICTURE_FIT_H

#include "readers/picture.h"
#include <shortlist/pictures.h>

struct sl_box {
    int left, top, width, height;
};

/* What became of a picture. */
struct sl_picture_steps {
    struct sl_picture toned; /* of the image's channels, with the background that the model knows; owned */
    int grey;                /* the picture was in colour */
    int border;              /* the median of its border */
    int inverted;
    int level;         /* of the border then, which became the background's */
    int as_is;         /* it has the image's size: neither levels nor places changed */
    int blank;         /* nothing stands out from the background: it was not cropped */
    struct sl_box box; /* what was cut out */
    struct sl_box at;  /* where it stands in the image */
};

/* out (height, width, channels of how->image).  Release the steps either way. */
int sl_picture_fit(const struct sl_picture *in, const struct sl_picture_fit *how, uint8_t *out,
                   struct sl_picture_steps *steps, struct sl_error *err);
void sl_picture_steps_release(struct sl_picture_steps *steps);

/* "762x1000 in colour; turned to grey; ...": the steps in words.  The caller frees it; NULL when out of
 * memory. */
char *sl_picture_steps_print(const struct sl_picture *in, const struct sl_picture_fit *how,
                             const struct sl_picture_steps *steps);

/* The median of the pixels at the edge of a plane (height, width), of which one is stride bytes from the
 * next. */
int sl_plane_border(const uint8_t *plane, int height, int width);
/* What differs from the background by more than 5 % of 255; 0: nothing does. */
int sl_plane_box(const uint8_t *plane, int height, int width, int background, struct sl_box *box);

/* Scales the box of a picture into the box at of another one of as many channels (out: its pixels, width its
 * width): each pixel the mean of the area that it covers, or, where the box grows, between its neighbours;
 * sharp: the nearest instead. */
void sl_picture_scale(const struct sl_picture *in, const struct sl_box *box, uint8_t *out, int width,
                      const struct sl_box *at, int sharp);

/* Adds a line to the sheet, while it has room. */
int sl_picture_sheet_add(struct sl_picture_sheet *sheet, const struct sl_picture *in,
                         const struct sl_picture_steps *steps, const struct sl_image *image,
                         const uint8_t *fitted, struct sl_error *err);

#endif
