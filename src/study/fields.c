/* fields.c - columns of the store, checked as they are read. */
#include "study/fields.h"
#include "core/json_text.h"
#include "core/memory.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

int sl_fields_fail(struct sl_fields *f, const char *what)
{
    if (!f->code)
        f->code =
            sl_fail(f->err, SL_EDATA, "%s: study %s: %s: the store is damaged", f->db->path, f->study, what);
    return f->code;
}

static void fail_column(struct sl_fields *f, int column, const char *value)
{
    char what[160];
    snprintf(what, sizeof what, "%s is %s", sqlite3_column_name(f->query, column), value);
    sl_fields_fail(f, what);
}

/* What a value of the wrong type is. */
static const char *type_name(int type)
{
    switch (type) {
    case SQLITE_NULL:
        return "missing";
    case SQLITE_TEXT:
        return "a text";
    case SQLITE_BLOB:
        return "a row of bytes";
    default:
        return "a number";
    }
}

int64_t sl_take_int(struct sl_fields *f, int column, int64_t min, int64_t max)
{
    char number[32];
    int type = f->code ? SQLITE_NULL : sqlite3_column_type(f->query, column);
    int64_t value = type == SQLITE_INTEGER ? sqlite3_column_int64(f->query, column) : 0;
    snprintf(number, sizeof number, "%lld", (long long)value);
    if (type != SQLITE_INTEGER)
        fail_column(f, column, type == SQLITE_FLOAT ? "not whole" : type_name(type));
    else if (value < min || value > max)
        fail_column(f, column, number);
    return f->code ? 0 : value;
}

double sl_take_real(struct sl_fields *f, int column, double min, double max)
{
    char number[32];
    int type = f->code ? SQLITE_NULL : sqlite3_column_type(f->query, column);
    if (type == SQLITE_NULL)
        return f->code ? 0 : NAN;
    double value = sqlite3_column_double(f->query, column);
    snprintf(number, sizeof number, "%g", value);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT)
        fail_column(f, column, type_name(type));
    else if (!(value >= min && value <= max))
        fail_column(f, column, number);
    return f->code ? 0 : value;
}

const char *sl_take_text(struct sl_fields *f, int column)
{
    int type = f->code ? SQLITE_NULL : sqlite3_column_type(f->query, column);
    if (type == SQLITE_NULL)
        return "";
    const char *text = type == SQLITE_TEXT ? (const char *)sqlite3_column_text(f->query, column) : "";
    if (type != SQLITE_TEXT)
        fail_column(f, column, type_name(type));
    else if (!text)
        f->code = sl_fail_memory(f->err);
    else if (strlen(text) != (size_t)sqlite3_column_bytes(f->query, column))
        fail_column(f, column, "a text with a NUL character in it");
    return f->code ? "" : text;
}

void sl_make_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
}

char *sl_take_line(struct sl_fields *f, int column)
{
    char *line = sl_strdup(sl_take_text(f, column));
    if (line)
        sl_make_line(line);
    else if (!f->code)
        f->code = sl_fail_memory(f->err);
    return line;
}

char *sl_take_object(struct sl_fields *f, int column)
{
    if (!f->code && sqlite3_column_type(f->query, column) == SQLITE_NULL)
        return NULL;
    const char *text = sl_take_text(f, column);
    int no_memory = 0;
    json_t *value = f->code ? NULL : sl_json_parse(text, &no_memory);
    if (no_memory)
        f->code = sl_fail_memory(f->err);
    if (!f->code && !json_is_object(value))
        fail_column(f, column, "no JSON object");
    json_decref(value);
    char *copy = f->code ? NULL : sl_strdup(text);
    if (!copy && !f->code)
        f->code = sl_fail_memory(f->err);
    return copy;
}
