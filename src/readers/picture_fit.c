/* picture_fit.c - a picture of any size and colour becomes an image as a model's training images were.
 *
 * In order: grey by the luma of ITU-R BT.601 (where the model's images are grey); inverted where its border
 * is bright and theirs is dark; levels moved so that the border's is the background's; cropped to what stands
 * out from that; scaled so that it fills as much of the frame as theirs; put in the middle.  So was
 * Fashion-MNIST made of photographs (Xiao, Rasul, Vollgraf, 2017), but for its sharpening, which is left out.
 * A background of several levels, as a photograph of a room has, is not told from what stands before it.
 *
 * Cost: O(pixels). */
#include "readers/picture_fit.h"
#include "core/memory.h"
#include "core/text.h"
#include <math.h>
#include <string.h>

static uint8_t luma(const uint8_t *rgb)
{
    return (uint8_t)((299u * rgb[0] + 587u * rgb[1] + 114u * rgb[2] + 500u) / 1000u);
}

static size_t count_pixels(const struct sl_picture *p)
{
    return (size_t)p->height * (size_t)p->width;
}

/* A copy of the image's number of channels. */
static int take_channels(const struct sl_picture *in, int channels, struct sl_picture *out,
                         struct sl_error *err)
{
    const size_t n = count_pixels(in);
    *out = (struct sl_picture){in->height, in->width, channels, sl_alloc(n, (size_t)channels)};
    if (!out->pixels)
        return sl_fail_memory(err);
    if (in->channels == channels)
        memcpy(out->pixels, in->pixels, n * (size_t)channels);
    for (size_t i = 0; in->channels != channels && i < n; i++) {
        if (channels == 1)
            out->pixels[i] = luma(in->pixels + 3 * i);
        else
            memset(out->pixels + 3 * i, in->pixels[i], 3);
    }
    return SL_OK;
}

/* Its grey levels: itself, or *made, which the caller frees; NULL when out of memory. */
static const uint8_t *plane_of(const struct sl_picture *p, uint8_t **made)
{
    *made = NULL;
    if (p->channels == 1)
        return p->pixels;
    *made = sl_alloc(count_pixels(p), 1);
    for (size_t i = 0; *made && i < count_pixels(p); i++)
        (*made)[i] = luma(p->pixels + 3 * i);
    return *made;
}

/* Moves level to background, and keeps black black where that is bright, white white where it is dark. */
static void move_levels(struct sl_picture *p, int level, int background)
{
    const size_t n = count_pixels(p) * (size_t)p->channels;
    const int bright = background > 127;
    const double times = bright ? (double)background / level : (255. - background) / (255. - level);
    for (size_t i = 0; i < n; i++) {
        double v = bright ? p->pixels[i] * times : background + (p->pixels[i] - level) * times;
        p->pixels[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : lrint(v));
    }
}

static void invert(struct sl_picture *p)
{
    for (size_t i = 0; i < count_pixels(p) * (size_t)p->channels; i++)
        p->pixels[i] = (uint8_t)(255 - p->pixels[i]);
}

static int is_to_invert(const struct sl_picture_fit *how, int border)
{
    if (how->invert != SL_INVERT_AUTO)
        return how->invert == SL_INVERT_ALWAYS;
    return (border > 127) != (how->framing.background > 127);
}

/* Inversion and levels. */
static int tone(const struct sl_picture_fit *how, struct sl_picture_steps *s, struct sl_error *err)
{
    uint8_t *made;
    const uint8_t *plane = plane_of(&s->toned, &made);
    if (!plane)
        return sl_fail_memory(err);
    s->border = sl_plane_border(plane, s->toned.height, s->toned.width);
    free(made);
    s->inverted = is_to_invert(how, s->border);
    s->level = s->inverted ? 255 - s->border : s->border;
    if (s->inverted)
        invert(&s->toned);
    const int background = how->framing.background;
    /* The far half of the levels is no background, but the picture's own. */
    if (!s->as_is && s->level != background && (s->level > 127) == (background > 127))
        move_levels(&s->toned, s->level, background);
    else
        s->level = background;
    return SL_OK;
}

/* Where the box's picture stands in the image: as large as the framing says, in the middle. */
static struct sl_box place(const struct sl_box *box, const struct sl_picture_fit *how)
{
    const int height = how->image.height, width = how->image.width;
    const double tall = how->framing.extent * height / box->height,
                 wide = how->framing.extent * width / box->width, times = tall < wide ? tall : wide;
    int h = (int)lrint(box->height * times), w = (int)lrint(box->width * times);
    h = h < 1 ? 1 : h > height ? height : h;
    w = w < 1 ? 1 : w > width ? width : w;
    return (struct sl_box){(width - w) / 2, (height - h) / 2, w, h};
}

static int crop(const struct sl_picture_fit *how, struct sl_picture_steps *s, struct sl_error *err)
{
    const int height = s->toned.height, width = s->toned.width;
    uint8_t *made;
    s->box = (struct sl_box){0, 0, width, height};
    s->at = (struct sl_box){0, 0, how->image.width, how->image.height};
    if (s->as_is)
        return SL_OK;
    const uint8_t *plane = plane_of(&s->toned, &made);
    if (!plane)
        return sl_fail_memory(err);
    s->blank = !sl_plane_box(plane, height, width, how->framing.background, &s->box);
    free(made);
    s->at = place(&s->box, how);
    return SL_OK;
}

int sl_picture_fit(const struct sl_picture *in, const struct sl_picture_fit *how, uint8_t *out,
                   struct sl_picture_steps *steps, struct sl_error *err)
{
    const struct sl_image *image = &how->image;
    *steps = (struct sl_picture_steps){.grey = in->channels == 3 && image->channels == 1,
                                       .as_is = in->height == image->height && in->width == image->width};
    int code = take_channels(in, image->channels, &steps->toned, err);
    if (!code)
        code = tone(how, steps, err);
    if (!code)
        code = crop(how, steps, err);
    if (code)
        return code;
    memset(out, how->framing.background,
           (size_t)image->height * (size_t)image->width * (size_t)image->channels);
    sl_picture_scale(&steps->toned, &steps->box, out, image->width, &steps->at, 0);
    return SL_OK;
}

void sl_picture_steps_release(struct sl_picture_steps *steps)
{
    free(steps->toned.pixels);
    *steps = (struct sl_picture_steps){0};
}

char *sl_picture_steps_print(const struct sl_picture *in, const struct sl_picture_fit *how,
                             const struct sl_picture_steps *s)
{
    struct sl_string text = {0};
    const int background = how->framing.background;
    sl_string_add(&text, "%dx%d%s", in->width, in->height, in->channels == 3 ? " in colour" : "");
    if (s->grey)
        sl_string_add(&text, "; turned to grey");
    if (s->inverted)
        sl_string_add(&text, "; inverted (%s%d)",
                      how->invert == SL_INVERT_AUTO ? "its border is " : "border ", s->border);
    if (s->level != background)
        sl_string_add(&text, "; background %d becomes %d", s->level, background);
    if (s->as_is)
        sl_string_add(&text, "; taken as it is: it has the model's size");
    else if (s->blank)
        sl_string_add(&text, "; not cropped: nothing stands out from the background");
    else
        sl_string_add(&text, "; cropped to %dx%d from column %d, row %d", s->box.width, s->box.height,
                      s->box.left, s->box.top);
    if (!s->as_is)
        sl_string_add(&text, "; scaled to %dx%d in the middle of %dx%d", s->at.width, s->at.height,
                      how->image.width, how->image.height);
    if (!text.failed)
        return text.text;
    sl_string_release(&text);
    return NULL;
}
