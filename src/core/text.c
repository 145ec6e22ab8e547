/* text.c - strict numbers, names for files, and a growing string. */
#include "core/text.h"
#include "core/memory.h"
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits, sign, point and exponent only: strtod would take hexadecimal, "nan" and leading blanks. */
static int is_decimal(const char *text)
{
    return *text && strspn(text, "0123456789+-.eE") == strlen(text);
}

int sl_parse_long(const char *text, long *value)
{
    char *end;
    if (!*text || strspn(text, "0123456789+-") != strlen(text))
        return -1;
    errno = 0;
    *value = strtol(text, &end, 10);
    return errno || *end || end == text ? -1 : 0;
}

static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;
static locale_t c_locale;
static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

int sl_parse_real(const char *text, double *value)
{
    char *end;
    if (!is_decimal(text))
        return -1;
    pthread_once(&c_locale_once, make_c_locale);
    *value = c_locale ? strtod_l(text, &end, c_locale) : strtod(text, &end);
    return *end || end == text || !isfinite(*value) ? -1 : 0;
}

void sl_print_count(uint64_t value, char *buf, size_t size)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t used = 0;
    for (int i = 0; i < n && used + 2 < size; i++) {
        if (i && (n - i) % 3 == 0)
            buf[used++] = ',';
        buf[used++] = digits[i];
    }
    buf[used] = 0;
}

void sl_print_real(double value, char *buf, size_t size)
{
    pthread_once(&c_locale_once, make_c_locale);
    locale_t before = c_locale ? uselocale(c_locale) : (locale_t)0;
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buf, size, "%.*g", digits, value);
        double back;
        if (!isfinite(value) || (sl_parse_real(buf, &back) == 0 && back == value))
            break;
    }
    /* "1e+03" reads worse than "1000". */
    if (fabs(value) >= 1 && fabs(value) < 1e7 && value == floor(value))
        snprintf(buf, size, "%.0f", value);
    if (before)
        uselocale(before);
}

void sl_slug(const char *text, char *slug, size_t size)
{
    size_t n = 0;
    for (const char *c = text; *c && n + 1 < size; c++) {
        char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        int kept = strchr("abcdefghijklmnopqrstuvwxyz0123456789._", lower) != NULL;
        if (kept && !(n == 0 && lower == '.'))
            slug[n++] = lower;
        else if (!kept && n && slug[n - 1] != '-')
            slug[n++] = '-';
    }
    while (n && slug[n - 1] == '-')
        n--;
    if (n == 0 && size > 1)
        slug[n++] = 'x';
    slug[n] = 0;
}

static int reserve(struct sl_string *s, size_t more)
{
    size_t need = s->size + more + 1;
    if (need <= s->capacity)
        return 0;
    size_t capacity = need * 2 < 64 ? 64 : need * 2;
    char *text = sl_realloc(s->text, capacity, 1);
    if (!text) {
        s->failed = 1;
        return -1;
    }
    s->text = text;
    s->capacity = capacity;
    return 0;
}

void sl_string_add(struct sl_string *s, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        s->failed = 1;
    else if (!s->failed && reserve(s, (size_t)n) == 0) {
        vsnprintf(s->text + s->size, (size_t)n + 1, format, again);
        s->size += (size_t)n;
    }
    va_end(again);
}

size_t sl_utf8_length(const unsigned char *c)
{
    size_t n = c[0] < 0x80                   ? 1
               : c[0] >= 0xc2 && c[0] < 0xe0 ? 2
               : c[0] >= 0xe0 && c[0] < 0xf0 ? 3
               : c[0] >= 0xf0 && c[0] < 0xf5 ? 4
                                             : 0;
    for (size_t i = 1; i < n; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    /* Longer forms of short characters, halves of surrogate pairs, and beyond U+10FFFF. */
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0) || (c[0] == 0xf0 && c[1] < 0x90) ||
        (c[0] == 0xf4 && c[1] >= 0x90))
        return 0;
    return n;
}

char *sl_text_utf8(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    struct sl_string s = {0};
    sl_string_add(&s, "%s", "");
    for (size_t n; *c && !s.failed; c += n ? n : 1) {
        n = sl_utf8_length(c);
        sl_string_add(&s, "%.*s", n ? (int)n : 3, n ? (const char *)c : "\xef\xbf\xbd");
    }
    if (s.failed)
        sl_string_release(&s);
    return s.text;
}

void sl_string_release(struct sl_string *s)
{
    free(s->text);
    *s = (struct sl_string){0};
}
