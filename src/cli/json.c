/* json.c - JSON that the subcommands make. */
#include "json.h"
#include "cli.h"
#include <stdlib.h>

enum { DIGITS = 6 }; /* of real numbers, as text and CSV have them */

json_t *cli_json_text(const char *text)
{
    json_t *value = text ? json_string(text) : json_null();
    if (value)
        return value;
    char *clean = sl_text_utf8(text);
    value = clean ? json_string(clean) : NULL;
    free(clean);
    return value;
}

json_t *cli_json_count(size_t n)
{
    return json_integer((json_int_t)n);
}

void cli_json_add(json_t **list, json_t *value)
{
    if (json_array_append_new(*list, value) == 0)
        return;
    json_decref(*list);
    *list = NULL;
}

void cli_json_set(json_t **object, const char *key, json_t *value)
{
    if (json_object_set_new(*object, key, value) == 0)
        return;
    json_decref(*object);
    *object = NULL;
}

int cli_write_json(json_t *value)
{
    if (!value)
        return cli_fail_memory();
    int failed =
        json_dumpf(value, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(DIGITS));
    json_decref(value);
    putchar('\n');
    return failed && !ferror(stdout) ? cli_fail_memory() : EXIT_DONE; /* main tells of a full disk */
}
