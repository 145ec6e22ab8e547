/* diff_settings.c - in which settings two studies, or two rows, differ, in words. */
#include "core/json_text.h"
#include "core/memory.h"
#include "core/text.h"
#include "show/diff.h"
#include "show/outcomes.h"
#include <inttypes.h>
#include <string.h>

/* Texts ---------------------------------------------------------------------------------------------- */

/* "name a -> b" where they differ. */
static void add_text(struct sl_string *s, const char *name, const char *a, const char *b)
{
    a = a && *a ? a : "none";
    b = b && *b ? b : "none";
    if (strcmp(a, b) != 0)
        sl_string_add(s, "%s%s %s -> %s", s->size ? ", " : "", name, a, b);
}

static void add_number(struct sl_string *s, const char *name, uint64_t a, uint64_t b)
{
    if (a != b)
        sl_string_add(s, "%s%s %" PRIu64 " -> %" PRIu64, s->size ? ", " : "", name, a, b);
}

/* A JSON value as a text; "none" where there is none. */
static char *print_value(json_t *value)
{
    char number[40];
    if (!value || json_is_null(value))
        return sl_strdup("none");
    if (json_is_string(value))
        return sl_strdup(json_string_value(value));
    if (json_is_boolean(value))
        return sl_strdup(json_is_true(value) ? "true" : "false");
    if (!json_is_number(value))
        return sl_json_print(json_incref(value));
    sl_print_real(json_number_value(value), number, sizeof number);
    return sl_strdup(number);
}

static void add_value(struct sl_string *s, const char *name, json_t *a, json_t *b)
{
    char *x = print_value(a), *y = print_value(b);
    s->failed |= !x || !y;
    if (x && y)
        add_text(s, name, x, y);
    free(x);
    free(y);
}

/* The members of two JSON objects that differ; those that one lacks, too. */
static void add_members(struct sl_string *s, json_t *a, json_t *b)
{
    const char *key;
    json_t *value;
    json_object_foreach(a, key, value)
    {
        add_value(s, key, value, json_object_get(b, key));
    }
    json_object_foreach(b, key, value)
    {
        if (!json_object_get(a, key))
            add_value(s, key, NULL, value);
    }
}

/* What an object's text holds; *failed where memory ran out. */
static json_t *parse(const char *text, int *failed)
{
    json_t *value = sl_json_parse(text, failed);
    *failed |= !value && text && *text;
    return value;
}

/* A row -------------------------------------------------------------------------------------------- */

int sl_diff_row_settings(struct sl_diff_row *row, struct sl_error *err)
{
    const struct sl_study_row *a = row->before->row, *b = row->after->row;
    struct sl_string s = {0};
    json_t *before = parse(a->params_json, &s.failed), *after = parse(b->params_json, &s.failed);
    add_text(&s, "name", a->name, b->name);
    add_text(&s, "classifier", a->classifier, b->classifier);
    if (strcmp(a->classifier, b->classifier) == 0)
        add_members(&s, before, after);
    add_text(&s, "scale", a->scaling, b->scaling);
    json_decref(before);
    json_decref(after);
    if (!s.text)
        sl_string_add(&s, "%s", "");
    if (s.failed) {
        sl_string_release(&s);
        return sl_fail_memory(err);
    }
    row->settings = s.text;
    return SL_OK;
}

/* Studies ------------------------------------------------------------------------------------------ */

/* Takes the text as a line of its own, after a word on what it is about. */
static void add_line(struct sl_diff *diff, struct sl_string *s, const char *what, int *failed)
{
    char **grown = s->size ? sl_realloc(diff->settings, diff->n_settings + 1, sizeof *grown) : NULL;
    *failed |= s->failed || (s->size && !grown);
    if (grown) {
        diff->settings = grown;
        grown[diff->n_settings] = sl_format("%s: %s", what, s->text);
        *failed |= !grown[diff->n_settings];
        diff->n_settings += grown[diff->n_settings] != NULL;
    }
    sl_string_release(s);
    *s = (struct sl_string){0};
}

static void split_settings(const struct sl_study *a, const struct sl_study *b, struct sl_string *s)
{
    static const char *const finals[] = {"false", "true", "train"};
    add_number(s, "training rows", a->n_train, b->n_train);
    add_number(s, "scored rows", a->n_validation, b->n_validation);
    add_number(s, "folds", (uint64_t)a->folds, (uint64_t)b->folds);
    add_number(s, "repeats", (uint64_t)a->repeats, (uint64_t)b->repeats);
    add_number(s, "seed", a->seed, b->seed);
    add_text(s, "final", finals[a->final], finals[b->final]);
}

/* The data's name may differ (another folder) where its content is the same. */
static void data_settings(const struct sl_study *a, const struct sl_study *b, struct sl_string *s)
{
    if (strcmp(a->data_hash, b->data_hash) == 0)
        return;
    add_text(s, "name", a->data, b->data);
    sl_string_add(s, "%scontent %.12s -> %.12s", s->size ? ", " : "", a->data_hash, b->data_hash);
}

static void take_threads(const struct sl_table *table, int *least, int *most, int *shared)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (!row->threads_most)
            continue;
        *least = *least && *least < row->threads_least ? *least : row->threads_least;
        *most = *most > row->threads_most ? *most : row->threads_most;
        *shared |= row->shared;
    }
}

/* How times were measured: 1 where they compare. */
static int time_settings(const struct sl_diff *diff, struct sl_string *s)
{
    int least[2] = {0}, most[2] = {0}, shared[2] = {0};
    take_threads(diff->before.table, &least[0], &most[0], &shared[0]);
    take_threads(diff->after.table, &least[1], &most[1], &shared[1]);
    if (least[0] != least[1] || most[0] != most[1])
        sl_string_add(s, "threads %d to %d -> %d to %d", least[0], most[0], least[1], most[1]);
    if (shared[0] || shared[1])
        sl_string_add(s, "%smeasured beside other trials%s", s->size ? ", " : "",
                      shared[0] && shared[1] ? ""
                      : shared[0]            ? " before"
                                             : " after");
    return !s->size;
}

/* 1 where times of the two machines compare; the program's version and what it was built with may differ:
 * that is what is to be compared. */
static int machine_settings(json_t *a, json_t *b, struct sl_string *s)
{
    static const char *const hardware[] = {"cpu", "cores", "isa", "loops"};
    static const char *const system[] = {"system", "kernel"};
    for (size_t i = 0; i < sizeof hardware / sizeof *hardware; i++)
        add_value(s, hardware[i], json_object_get(a, hardware[i]), json_object_get(b, hardware[i]));
    int same = !s->size;
    for (size_t i = 0; i < sizeof system / sizeof *system; i++)
        add_value(s, system[i], json_object_get(a, system[i]), json_object_get(b, system[i]));
    return same;
}

int sl_diff_study_settings(struct sl_diff *diff, struct sl_error *err)
{
    const struct sl_study *a = diff->before.table->study, *b = diff->after.table->study;
    struct sl_string s = {0};
    int failed = 0;
    json_t *before = parse(a->machine, &failed), *after = parse(b->machine, &failed);
    data_settings(a, b, &s);
    add_line(diff, &s, "Other data", &failed);
    split_settings(a, b, &s);
    add_line(diff, &s, "Other settings", &failed);
    add_value(&s, "shortlist", json_object_get(before, "shortlist"), json_object_get(after, "shortlist"));
    add_value(&s, "compiler", json_object_get(before, "compiler"), json_object_get(after, "compiler"));
    add_members(&s, json_object_get(before, "libraries"), json_object_get(after, "libraries"));
    add_line(diff, &s, "Other program", &failed);
    diff->times_compare = machine_settings(before, after, &s);
    add_line(diff, &s, "Another machine", &failed);
    diff->times_compare &= time_settings(diff, &s);
    add_line(diff, &s, "Times", &failed);
    json_decref(before);
    json_decref(after);
    return failed ? sl_fail_memory(err) : SL_OK;
}
