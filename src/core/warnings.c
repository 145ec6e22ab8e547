/* warnings.c - the kinds of warnings, and lists of them. */
#include "core/memory.h"
#include "core/names.h"
#include <ctype.h>
#include <shortlist/warnings.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct sl_warning_kind sl_warning_kinds[SL_N_WARNINGS] = {
#define X(code, name, help) {#code, #name, help},
    SL_WARNINGS(X)
#undef X
};

int sl_warning_find(const char *code)
{
    for (int i = 0; i < SL_N_WARNINGS; i++)
        if (strcasecmp(code, sl_warning_kinds[i].code) == 0 || strcmp(code, sl_warning_kinds[i].name) == 0)
            return i;
    return -1;
}

int sl_warning_of_note(const char *note, const char **text)
{
    char code[4] = "";
    if (strlen(note) < 5 || note[0] != 'W' || !isdigit((unsigned char)note[1]) ||
        !isdigit((unsigned char)note[2]) || strncmp(note + 3, ": ", 2) != 0)
        return -1;
    memcpy(code, note, 3);
    *text = note + 5;
    return sl_warning_find(code);
}

static void warning_release(struct sl_warning *warning)
{
    free(warning->text);
    free(warning->rows);
}

void sl_warnings_release(struct sl_warnings *warnings)
{
    for (size_t i = 0; i < warnings->n; i++)
        warning_release(&warnings->list[i]);
    free(warnings->list);
    *warnings = (struct sl_warnings){0};
}

int sl_warnings_add(struct sl_warnings *warnings, enum sl_warning_id id, char *text, size_t *rows,
                    size_t n_rows)
{
    struct sl_warning warning = {.id = id, .text = text, .n_rows = n_rows, .rows = rows};
    struct sl_warning *list = text ? sl_realloc(warnings->list, warnings->n + 1, sizeof *list) : NULL;
    if (!list) {
        warning_release(&warning);
        return SL_ENOMEM;
    }
    warnings->list = list;
    size_t at = warnings->n++;
    for (; at && list[at - 1].id > id; at--)
        list[at] = list[at - 1];
    list[at] = warning;
    return SL_OK;
}

static void take_out(struct sl_warnings *warnings, int id)
{
    size_t kept = 0;
    for (size_t i = 0; i < warnings->n; i++) {
        if ((int)warnings->list[i].id == id)
            warning_release(&warnings->list[i]);
        else
            warnings->list[kept++] = warnings->list[i];
    }
    warnings->n = kept;
}

static int fail_code(const char *code, struct sl_error *err)
{
    const char *codes[SL_N_WARNINGS];
    for (int i = 0; i < SL_N_WARNINGS; i++)
        codes[i] = sl_warning_kinds[i].code;
    return sl_fail_unknown(err, "warning", code, codes, SL_N_WARNINGS);
}

int sl_warnings_omit(struct sl_warnings *warnings, const char *codes, struct sl_error *err)
{
    char *copy = sl_strdup(codes), *rest = NULL;
    int code = copy ? SL_OK : sl_fail_memory(err);
    for (char *word = copy ? strtok_r(copy, ", ", &rest) : NULL; word && !code;
         word = strtok_r(NULL, ", ", &rest)) {
        int id = sl_warning_find(word);
        if (id < 0)
            code = fail_code(word, err);
        else
            take_out(warnings, id);
    }
    free(copy);
    return code;
}
