/* records.c - the table for spreadsheets: the fields of the JSON, one column each, made from the JSON
 * itself so that the two can not differ.  params is the text of what differs from the defaults;
 * published is one column for each number that some row has; accuracies are separated by blanks. */
#include "core/text.h"
#include "show/columns.h"
#include "show/json.h"
#include <string.h>

static void add_scalar(struct sl_string *s, json_t *value)
{
    char number[40];
    switch (json_typeof(value)) {
    case JSON_STRING:
        sl_string_add(s, "%s", json_string_value(value));
        break;
    case JSON_INTEGER:
        sl_string_add(s, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        snprintf(number, sizeof number, "%.15g", json_real_value(value));
        sl_string_add(s, "%s", number);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        sl_string_add(s, "%s", json_is_true(value) ? "true" : "false");
        break;
    default: /* null: an empty field */
        break;
    }
}

void sl_json_cell(struct sl_grid *grid, json_t *value)
{
    struct sl_string s = {0};
    size_t i;
    json_t *element;
    sl_string_add(&s, "%s", "");
    if (json_is_array(value)) {
        json_array_foreach(value, i, element)
        {
            sl_string_add(&s, "%s", i ? " " : "");
            add_scalar(&s, element);
        }
    } else if (value)
        add_scalar(&s, value);
    grid->failed |= s.failed;
    sl_grid_add(grid, "%s", s.text ? s.text : "");
    sl_string_release(&s);
}

/* The names of the published numbers of all rows, in an object. */
static json_t *published_keys(json_t *rows, int *failed)
{
    json_t *keys = json_object(), *row, *value;
    const char *key;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        json_t *published = json_object_get(row, "published");
        json_object_foreach(published, key, value) *failed |=
            json_object_set_new(keys, key, json_true()) != 0;
    }
    return keys;
}

static void add_header(json_t *row, json_t *keys, struct sl_grid *grid)
{
    const char *key, *name;
    json_t *value, *unused;
    json_object_foreach(row, key, value)
    {
        if (strcmp(key, "published") != 0) {
            sl_grid_column(grid, key, 0, 0);
            continue;
        }
        json_object_foreach(keys, name, unused)
        {
            struct sl_string title = {0};
            sl_string_add(&title, "published_%s", name);
            sl_grid_column(grid, title.text ? title.text : "", 0, 0);
            grid->failed |= title.failed;
            sl_string_release(&title);
        }
    }
}

static void add_record(const struct sl_table_row *from, json_t *row, json_t *keys, struct sl_grid *grid)
{
    const char *key, *name;
    json_t *value, *unused;
    json_object_foreach(row, key, value)
    {
        if (strcmp(key, "params") == 0)
            sl_grid_add(grid, "%s", from->row->params ? from->row->params : "");
        else if (strcmp(key, "published") != 0)
            sl_json_cell(grid, value);
        else
            json_object_foreach(keys, name, unused) sl_json_cell(grid, json_object_get(value, name));
    }
}

int sl_table_record_grid(const struct sl_table *table, struct sl_grid *grid, struct sl_error *err)
{
    json_t *all = sl_table_json(table), *rows = json_object_get(all, "rows"), *row;
    json_t *keys = published_keys(rows, &grid->failed);
    size_t i;
    if (!all || !keys) {
        json_decref(all);
        json_decref(keys);
        return sl_fail_memory(err);
    }
    add_header(json_array_get(rows, 0), keys, grid);
    json_array_foreach(rows, i, row) add_record(&table->rows[table->order[i]], row, keys, grid);
    json_decref(all);
    json_decref(keys);
    return SL_OK;
}
