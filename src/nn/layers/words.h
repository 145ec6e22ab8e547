/* words.h - reading a net line word by word, with errors that point at the word. */
#ifndef SL_NN_WORDS_H
#define SL_NN_WORDS_H

#include <shortlist/error.h>

enum { SL_WORD_MAX = 32 };

struct sl_words {
    const char *line; /* all of it, for the position in error texts */
    const char *at;   /* the next character */
};

/* Where the next word starts. */
const char *sl_words_peek(struct sl_words *words);
/* Copies the next word of this layer into word and steps over it; 0 at a comma or the end. */
int sl_words_next(struct sl_words *words, char word[SL_WORD_MAX]);
/* Steps over the next word if it is this one; 1 if it was. */
int sl_words_take(struct sl_words *words, const char *word);
/* Steps over a comma: 1; at the end of the line: 0. */
int sl_words_comma(struct sl_words *words);

/* The next word as a number from min to max; what names it in error texts. */
int sl_words_int(struct sl_words *words, const char *what, int min, int max, int *value,
                 struct sl_error *err);
int sl_words_real(struct sl_words *words, const char *what, double min, double max, float *value,
                  struct sl_error *err);
/* "3" or "3x3": the side of a square window. */
int sl_words_window(struct sl_words *words, int *side, struct sl_error *err);

/* Fails with "net, character 12 ('maxpol'): TEXT", where at is the word's place. */
int sl_words_fail(const struct sl_words *words, const char *at, struct sl_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
