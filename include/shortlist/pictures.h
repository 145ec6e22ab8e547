/* pictures.h - pictures of any size and colour as the images that a model was fitted on. */
#ifndef SHORTLIST_PICTURES_H
#define SHORTLIST_PICTURES_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <shortlist/view.h>

SL_API_BEGIN

/* How images stand in their frame, as a model's training images did. */
struct sl_framing {
    int known;      /* 0: nobody measured it, and the other two are 0 and 1 */
    int background; /* 0 ... 255: the median of the images' border pixels */
    double extent;  /* the longer side of what stands out from it, as a share of the frame's: the median */
};

enum sl_invert {
    SL_INVERT_AUTO, /* where the border is bright and the training images' is dark, or the other way round */
    SL_INVERT_NEVER,
    SL_INVERT_ALWAYS,
};

struct sl_picture_sheet;

/* What pictures become.  One that has the image's size already is not cropped. */
struct sl_picture_fit {
    struct sl_image image; /* the shape: of 1 channel, or 3; all 0: the model takes no images */
    struct sl_framing framing;
    enum sl_invert invert;
    struct sl_picture_sheet *sheet; /* collects what became of the first pictures; NULL: nobody looks */
};

/* The median over the first rows of a view of images (bytes, or floats from 0 to 1 or 255); known is 0 for
 * other rows. SL_ENOMEM. */
int sl_framing_measure(const struct sl_view *images, struct sl_framing *framing, struct sl_error *err);

/* A picture of pictures, a line for each of the first 32: as it was read, with the background that the model
 * knows, cropped, and as the model sees it.  NULL when out of memory. */
struct sl_picture_sheet *sl_picture_sheet_new(void);
void sl_picture_sheet_free(struct sl_picture_sheet *sheet);
/* How many lines it has. */
int sl_picture_sheet_lines(const struct sl_picture_sheet *sheet);
/* As PNG.  SL_EIO, SL_ENOMEM. */
int sl_picture_sheet_write(const struct sl_picture_sheet *sheet, const char *path, struct sl_error *err);

SL_API_END
#endif
