/* picture.h - pictures in files, and folders of them. */
#ifndef SL_DATA_PICTURE_H
#define SL_DATA_PICTURE_H

#include "data/dataset.h"

struct sl_picture {
    int height, width, channels; /* 1 grey, 3 red, green and blue */
    uint8_t *pixels;             /* (height, width, channels), owned */
};

/* Which forms of a picture are read. */
enum sl_picture_forms {
    SL_FORMS_EXACT, /* those whose pixels stay as they are: 8 bits a channel, opaque */
    SL_FORMS_ANY,   /* other levels become 256, and what is transparent stands on white */
};

/* Of a file's bytes (n).  SL_EDATA names the path. */
int sl_png_decode(const char *path, const unsigned char *bytes, size_t n, enum sl_picture_forms forms,
                  struct sl_picture *out, struct sl_error *err);
int sl_pgm_decode(const char *path, const unsigned char *bytes, size_t n, enum sl_picture_forms forms,
                  struct sl_picture *out, struct sl_error *err);
/* The same of either kind, which its first bytes tell; reads the file. */
int sl_picture_decode(const char *path, enum sl_picture_forms forms, struct sl_picture *out,
                      struct sl_error *err);
/* Is it a file of either kind?  By its first bytes. */
int sl_picture_is(const char *path);

/* Grey or RGB of 8 bits a channel as PNG. */
int sl_png_write(const char *path, const struct sl_picture *picture, struct sl_error *err);

/* Room for a picture of this size; SL_EDATA where it is more than pictures may take. */
int sl_picture_make(const char *path, uint64_t height, uint64_t width, int channels, struct sl_picture *out,
                    struct sl_error *err);

/* *found: does the folder hold pictures, in a folder for each class (or, where labels are not needed,
 * itself)? Or has it a folder train that does? */
int sl_pictures_find(const char *folder, const struct sl_read_options *options, int *found,
                     struct sl_error *err);
/* Pictures of a folder, or a single one, where options->pictures says what becomes of it. */
int sl_pictures_read(const char *folder, enum sl_part part, const struct sl_read_options *options,
                     struct sl_dataset **out, struct sl_error *err);

#endif
