/* standalone.h - pictures that are of no study: written one by one, then drawn by one gnuplot. */
#ifndef SL_SHOW_STANDALONE_H
#define SL_SHOW_STANDALONE_H

#include "show/plots/plot.h"

enum { SL_STANDALONE_MOST = 8 };

struct sl_standalone {
    const char *folder;
    char *stems[SL_STANDALONE_MOST];
    size_t n;
    void (*made)(void *arg, const char *path);
    void *arg;
    struct sl_error failed; /* why the first of those that could not be drawn was not */
};

/* Makes the folder.  made (NULL: nobody) is told the path of each picture. */
int sl_standalone_begin(struct sl_standalone *drawing, const char *folder,
                        void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);
/* Ends the picture's figure and writes its table and script; the caller releases it. */
int sl_standalone_add(struct sl_standalone *drawing, struct sl_picture *picture, const char *stem,
                      struct sl_error *err);
/* Draws them, unless code is an error already, which is returned; releases the drawing.  SL_EIO where gnuplot
 * is missing or fails: tables and scripts are written all the same. */
int sl_standalone_end(struct sl_standalone *drawing, int code, struct sl_error *err);

#endif
