/* csv_pixels.c - columns pixel0, pixel1, ... are images: their numbers say where a pixel stands, whatever the
 * order of the columns, and pixels that are left out shift all that follow.  Cost: O(n log n) for n columns.
 */
#include "readers/csv_pixels.h"
#include "core/memory.h"
#include "core/text.h"
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <strings.h>

enum { PREFIX = 5 }; /* of "pixel" */

int sl_is_pixel_name(const char *name)
{
    return strncasecmp(name, "pixel", PREFIX) == 0 && isdigit((unsigned char)name[PREFIX]);
}

/* -1: another name, as that of one channel, pixel0_red. */
static long pixel_number(const char *name)
{
    long number;
    return sl_is_pixel_name(name) && sl_parse_long(name + PREFIX, &number) == 0 ? number : -1;
}

struct pixel {
    long number;
    size_t column;
};

static int by_number(const void *a, const void *b)
{
    long x = ((const struct pixel *)a)->number, y = ((const struct pixel *)b)->number;
    return x < y ? -1 : x > y;
}

/* Fills columns from sorted pixels; does nothing where one has no number, or two have the same. */
static int take_sorted(const struct pixel *pixels, size_t *columns, size_t n)
{
    int moved = 0;
    for (size_t i = 0; i < n; i++) {
        if (pixels[i].number < 0 || (i && pixels[i].number == pixels[i - 1].number))
            return 0;
    }
    for (size_t i = 0; i < n; i++) {
        moved |= columns[i] != pixels[i].column;
        columns[i] = pixels[i].column;
    }
    return moved;
}

int sl_sort_pixels(char *const *names, size_t *columns, size_t n, int *moved)
{
    struct pixel *pixels = sl_alloc(n, sizeof *pixels);
    *moved = 0;
    if (!pixels)
        return -1;
    for (size_t i = 0; i < n; i++)
        pixels[i] = (struct pixel){pixel_number(names[columns[i]]), columns[i]};
    qsort(pixels, n, sizeof *pixels, by_number);
    *moved = take_sorted(pixels, columns, n);
    free(pixels);
    return 0;
}

int sl_are_all_pixels(char *const *names, size_t n)
{
    long first = n ? pixel_number(names[0]) : -1;
    for (size_t i = 0; i < n; i++) {
        if (!sl_is_pixel_name(names[i]))
            return 0;
        if (pixel_number(names[i]) != (first < 0 ? -1 : first + (long)i))
            return 0;
    }
    return n && first < 2;
}

struct sl_image sl_find_image(char *const *columns, size_t d, const struct sl_dataset *like)
{
    struct sl_image none = {0};
    int side = (int)(sqrt((double)d) + 0.5);
    if (like && like->view.d == d && like->view.image.height)
        return like->view.image;
    if (!columns || d > INT_MAX)
        return none;
    if (!sl_are_all_pixels(columns, d))
        return none;
    int square = (size_t)side * (size_t)side == d;
    return (struct sl_image){square ? side : 1, square ? side : (int)d, 1};
}
