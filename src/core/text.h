/* text.h - strict numbers, names for files, and a growing string. */
#ifndef SL_CORE_TEXT_H
#define SL_CORE_TEXT_H

#include <shortlist/text.h>
#include <stddef.h>
#include <stdint.h>

/* The shortest text that reads back as value ("0.1", "1e-05", "100"). */
void sl_print_real(double value, char *buf, size_t size);
/* 10,000 */
void sl_print_count(uint64_t value, char *buf, size_t size);

/* A name for a file: text in lower case, everything but letters, digits, '.', '_' and '-' as one '-',
 * cut to size; "x" where nothing is left.  Never begins with '.' or '-'. */
void sl_slug(const char *text, char *slug, size_t size);

/* Length of the UTF-8 character at c, 0 where there is none. */
size_t sl_utf8_length(const unsigned char *c);

/* A string that grows.  Zeroed is empty; text is never NULL after the first add that succeeds. */
struct sl_string {
    char *text; /* owned, NUL-terminated */
    size_t size, capacity;
    int failed; /* an allocation failed: later adds do nothing */
};
void sl_string_add(struct sl_string *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sl_string_release(struct sl_string *s);

#endif
