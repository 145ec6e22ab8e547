/* text_fit.c - texts in the room that there is.
 *
 * Widths are those of DejaVu Sans, which is the widest of the fonts that "sans-serif" commonly is; letters of
 * other scripts are taken to be wide.  Cost: O(length); of names, O(n^2) comparisons to tell equal ones. */
#include "core/memory.h"
#include "show/plots/figure.h"
#include <string.h>

/* Of the characters from ' ' to '~', in hundredths of the font's size. */
static const unsigned char widths[] = {
    32, 41, 46, 84, 64, 96, 78, 28, 40,  40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79,
    61, 79, 70, 64, 62, 74, 69, 99, 69,  62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64,
    64, 28, 28, 58, 28, 98, 64, 62, 64,  64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84};

static double letter(const unsigned char *c, size_t length)
{
    if (*c >= ' ' && *c <= '~')
        return widths[*c - ' '] / 100.0;
    if (length == 2)
        return *c == 0xcc || (*c == 0xcd && c[1] < 0xb0) ? 0 /* combining */ : *c < 0xce ? 0.72 : 0.84;
    return length == 3 ? 1.02 : length == 4 ? 1.35 : 0.7;
}

double sl_text_pixels(const char *text, double size)
{
    double sum = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        size_t length = sl_utf8_length(c);
        sum += letter(c, length);
        c += length ? length : 1;
    }
    return sum * size;
}

char *sl_text_fit(const char *text, double size, double pixels)
{
    char *seen = sl_visible(text);
    if (!seen || sl_text_pixels(seen, size) <= pixels)
        return seen;
    size_t n = sl_text_width(seen);
    char *cut = NULL;
    for (size_t kept = n; kept-- > 0;) {
        size_t tail = kept * 2 / 5, head = kept - tail;
        free(cut);
        cut =
            sl_format("%.*s…%s", (int)sl_text_bytes(seen, head), seen, seen + sl_text_bytes(seen, n - tail));
        if (!cut || kept == 0 || sl_text_pixels(cut, size) <= pixels)
            break;
    }
    free(seen);
    return cut;
}

/* Bytes that all names begin with, up to the end of a word; something is left of each. */
static size_t common_start(const char *const *names, size_t n)
{
    size_t common = n > 1 ? strlen(names[0]) : 0, cut = 0;
    for (size_t i = 1; i < n; i++) {
        size_t same = 0;
        while (same < common && names[i][same] == names[0][same])
            same++;
        common = same;
    }
    for (size_t at = 1; at <= common; at++)
        if (names[0][at - 1] == ' ')
            cut = at;
    for (size_t i = 0; i < n; i++)
        cut = names[i][cut] ? cut : 0;
    return cut;
}

/* Bytes that all names end with, from the beginning of a word on; something is left of each behind cut. */
static size_t common_end(const char *const *names, size_t n, size_t cut)
{
    size_t most = n > 1 ? strlen(names[0]) : 0, end = 0;
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(names[i]), same = 0, first = strlen(names[0]);
        while (same < most && same + cut + 1 < length &&
               names[i][length - 1 - same] == names[0][first - 1 - same])
            same++;
        most = same;
    }
    for (size_t at = 1; at <= most; at++)
        if (names[0][strlen(names[0]) - at] == ' ')
            end = at;
    return end;
}

/* Numbers behind those that are equal to one before. */
static int number_equals(char **names, size_t n, double size, double pixels)
{
    for (size_t i = 1; i < n; i++) {
        size_t before = 0;
        for (size_t j = 0; j < i; j++)
            before += strncmp(names[j], names[i], strlen(names[i])) == 0 &&
                      (names[j][strlen(names[i])] == 0 || names[j][strlen(names[i])] == '#');
        if (!before)
            continue;
        char number[24];
        snprintf(number, sizeof number, "#%zu", before + 1);
        char *fitted = sl_text_fit(names[i], size, pixels - sl_text_pixels(number, size));
        char *numbered = fitted ? sl_format("%s%s", fitted, number) : NULL;
        free(fitted);
        if (!numbered)
            return -1;
        free(names[i]);
        names[i] = numbered;
    }
    return 0;
}

char *sl_names_fit(const char *const *names, size_t n, double size, double pixels, char **out)
{
    size_t cut = common_start(names, n), end = common_end(names, n, cut);
    char *start = n ? sl_format("%.*s", (int)cut, names[0]) : sl_strdup("");
    int failed = !start;
    for (size_t i = 0; i < n; i++) {
        char *own = sl_format("%.*s", (int)(strlen(names[i]) - cut - end), names[i] + cut);
        out[i] = own ? sl_text_fit(own, size, pixels) : NULL;
        failed |= !out[i];
        free(own);
    }
    if (!failed && number_equals(out, n, size, pixels) == 0)
        return start;
    for (size_t i = 0; i < n; i++) {
        free(out[i]);
        out[i] = NULL;
    }
    free(start);
    return NULL;
}
