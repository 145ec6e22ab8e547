/* words.c - reading a net line word by word, with errors that point at the word. */
#include "nn/layers/words.h"
#include "core/text.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

static size_t word_length(const char *at)
{
    size_t n = 0;
    while (at[n] && at[n] != ',' && !isspace((unsigned char)at[n]))
        n++;
    return n;
}

int sl_words_fail(const struct sl_words *words, const char *at, struct sl_error *err, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    int n = (int)word_length(at), place = (int)(at - words->line) + 1;
    if (n == 0)
        return sl_fail(err, SL_EUSAGE, "net, character %d: %s", place, text);
    return sl_fail(err, SL_EUSAGE, "net, character %d ('%.*s'): %s", place, n < 60 ? n : 60, at, text);
}

/* The next word without stepping over it; 0 when there is none, or too long to be one of ours. */
static size_t peek(struct sl_words *words, char word[SL_WORD_MAX])
{
    words->at = skip_blanks(words->at);
    size_t n = word_length(words->at), kept = n < SL_WORD_MAX ? n : SL_WORD_MAX - 1;
    memcpy(word, words->at, kept);
    word[kept] = 0;
    return n;
}

const char *sl_words_peek(struct sl_words *words)
{
    words->at = skip_blanks(words->at);
    return words->at;
}

int sl_words_next(struct sl_words *words, char word[SL_WORD_MAX])
{
    size_t n = peek(words, word);
    words->at += n;
    return n > 0;
}

int sl_words_take(struct sl_words *words, const char *word)
{
    char next[SL_WORD_MAX];
    size_t n = peek(words, next);
    if (n == 0 || strcmp(next, word) != 0)
        return 0;
    words->at += n;
    return 1;
}

int sl_words_comma(struct sl_words *words)
{
    words->at = skip_blanks(words->at);
    if (*words->at != ',')
        return 0;
    words->at++;
    return 1;
}

int sl_words_int(struct sl_words *words, const char *what, int min, int max, int *value, struct sl_error *err)
{
    char word[SL_WORD_MAX];
    long number;
    size_t n = peek(words, word);
    if (n >= SL_WORD_MAX || sl_parse_long(word, &number) || number < min || number > max)
        return sl_words_fail(words, words->at, err, "expected %s, a whole number from %d to %d", what, min,
                             max);
    words->at += n;
    *value = (int)number;
    return SL_OK;
}

int sl_words_real(struct sl_words *words, const char *what, double min, double max, float *value,
                  struct sl_error *err)
{
    char word[SL_WORD_MAX];
    double number;
    size_t n = peek(words, word);
    if (n >= SL_WORD_MAX || sl_parse_real(word, &number) || number < min || (float)number >= (float)max)
        return sl_words_fail(words, words->at, err, "expected %s, a number >= %g and < %g", what, min, max);
    words->at += n;
    *value = (float)number;
    return SL_OK;
}

int sl_words_window(struct sl_words *words, int *side, struct sl_error *err)
{
    char word[SL_WORD_MAX];
    size_t n = peek(words, word);
    char *cross = strchr(word, 'x');
    long height, width;
    if (cross)
        *cross = 0;
    if (n >= SL_WORD_MAX || sl_parse_long(word, &height) || sl_parse_long(cross ? cross + 1 : word, &width) ||
        height != width || height < 1 || height > 255)
        return sl_words_fail(words, words->at, err,
                             "expected a square window such as 3x3, of 1 to 255 pixels a side");
    words->at += n;
    *side = (int)height;
    return SL_OK;
}
