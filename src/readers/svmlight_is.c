/* svmlight_is.c - does a text begin like an svmlight file?  Its lines are a label and pairs index:value, and
 * nothing else, and some line has a pair. */
#include "input/input.h"
#include "readers/formats.h"
#include "readers/readers.h"
#include <ctype.h>
#include <string.h>

enum kind { LABEL, PAIR, OTHER };

/* Nothing that parts the columns of a table in which 12:30 is a time. */
static int is_one_value(const char *text, size_t n)
{
    return !memchr(text, ':', n) && !memchr(text, ',', n) && !memchr(text, ';', n) && !memchr(text, '|', n);
}

/* A word, which may be cut off behind the colon. */
static enum kind kind_of(const char *word, size_t n)
{
    size_t digits = 0;
    const char *colon = memchr(word, ':', n);
    if (!colon)
        return word[n - 1] == ',' || memchr(word, '"', n) || memchr(word, ';', n) ? OTHER : LABEL;
    if (n > 4 && memcmp(word, "qid:", 4) == 0)
        return PAIR;
    while (digits < n && isdigit((unsigned char)word[digits]))
        digits++;
    return digits && word + digits == colon && is_one_value(colon + 1, n - digits - 1) ? PAIR : OTHER;
}

/* Takes a line up to its end, or that of the head, which may cut a word off; returns its pairs, or -1 where
 * it has another form. */
static int count_pairs(const char **at, const char *end, int cut)
{
    int pairs = 0, words = 0;
    const char *p = *at;
    while (p < end && *p != '\n') {
        const char *word = p;
        while (p < end && !strchr(" \t\r\n#", *p))
            p++;
        if (p > word && (p < end || !cut)) {
            enum kind kind = kind_of(word, (size_t)(p - word));
            if (kind == OTHER || (kind == LABEL && words))
                return -1;
            pairs += kind == PAIR;
            words++;
        }
        if (p < end && *p == '#')
            p = memchr(p, '\n', (size_t)(end - p)) ? memchr(p, '\n', (size_t)(end - p)) : end;
        else
            p += p < end && *p != '\n';
    }
    *at = p + (p < end);
    return pairs;
}

int sl_svmlight_is(const struct sl_head *head)
{
    const char *p = (const char *)head->bytes, *end = p + head->n;
    int pairs = 0;
    if (memchr(p, 0, head->n))
        return 0;
    while (p < end) {
        int here = count_pairs(&p, end, head->n == SL_INPUT_PEEK);
        if (here < 0)
            return 0;
        pairs += here;
    }
    return pairs > 0;
}
