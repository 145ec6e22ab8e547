/* json_text.h - JSON texts as values. */
#ifndef SL_CORE_JSON_TEXT_H
#define SL_CORE_JSON_TEXT_H

#include <jansson.h>

/* A new reference.  NULL for NULL and for what is not JSON, and where memory runs out, which sets *no_memory.
 */
json_t *sl_json_parse(const char *text, int *no_memory);

#endif
