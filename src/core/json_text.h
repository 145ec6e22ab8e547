/* json_text.h - JSON: texts as values, and values as texts.
 *
 * A value that could not be made for want of memory is NULL, and so is every one that would have held it: the
 * last one tells. */
#ifndef SL_CORE_JSON_TEXT_H
#define SL_CORE_JSON_TEXT_H

#include <jansson.h>

/* A new reference.  NULL for NULL and for what is not JSON, and where memory runs out, which sets *no_memory.
 */
json_t *sl_json_parse(const char *text, int *no_memory);

/* A byte that is not UTF-8 becomes U+FFFD. */
json_t *sl_json_string(const char *text);
/* An integer where it is whole; null where it is NaN or infinite. */
json_t *sl_json_number(double value);

/* Take the reference to value; *list and *object become NULL where they or value are. */
void sl_json_add(json_t **list, json_t *value);
void sl_json_set(json_t **object, const char *key, json_t *value);

/* Releases value and returns its text, on one line, with as many digits as its numbers need to be read back
 * the same.  The caller frees it; NULL when out of memory, and for NULL. */
char *sl_json_print(json_t *value);

#endif
