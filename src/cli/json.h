/* json.h - JSON that the subcommands make.  A value that could not be made for want of memory is NULL, and so
 * is every one that would have held it: cli_write_json tells of it at the end. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>

/* A byte that is not UTF-8 becomes U+FFFD; null for NULL. */
json_t *cli_json_text(const char *text);
json_t *cli_json_count(size_t n);
/* Take the reference to value; *list and *object become NULL where they or value are. */
void cli_json_add(json_t **list, json_t *value);
void cli_json_set(json_t **object, const char *key, json_t *value);

/* Writes and releases value; returns the exit status. */
int cli_write_json(json_t *value);

#endif
