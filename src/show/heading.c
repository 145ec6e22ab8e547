/* heading.c - the lines above a table: what was run, on which rows, on which machine. */
#include "core/text.h"
#include "show/columns.h"
#include "show/json.h"
#include "show/numbers.h"
#include <inttypes.h>
#include <string.h>

static void add_rows(struct sl_string *line, size_t n, const char *what)
{
    char count[40];
    sl_print_count(n, count, sizeof count);
    sl_string_add(line, "%s %s", count, what);
}

/* "fashion-mnist: 10,000 training and 10,000 validation rows, 10 classes, seed 42" */
static void split_line(const struct sl_study *study, struct sl_string *line)
{
    sl_string_add(line, "%s: ", study->data);
    if (study->folds > 1) {
        add_rows(line, study->n_train, "training rows");
        sl_string_add(line, " in %d folds", study->folds);
        if (study->repeats > 1)
            sl_string_add(line, ", drawn anew in each of %d repeats", study->repeats);
    } else {
        add_rows(line, study->n_train,
                 study->n_validation ? "training and " : "training rows, none to score");
        if (study->n_validation)
            add_rows(line, study->n_validation, study->final ? "test rows" : "validation rows");
    }
    if (study->folds < 2 && study->repeats > 1)
        sl_string_add(line, ", %d repeats", study->repeats);
    sl_string_add(line, ", %d class%s, seed %" PRIu64, study->k, study->k == 1 ? "" : "es", study->seed);
}

static const char *member(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* "2", or "1-2" where fits differ; nothing where none ended well. */
static void add_threads(struct sl_string *line, const struct sl_study *study, const char *join)
{
    int least = 0, most = 0;
    for (size_t r = 0; r < study->n_rows; r++)
        for (size_t i = 0; i < study->rows[r].n_outcomes; i++) {
            const struct sl_outcome *o = &study->rows[r].outcomes[i];
            if (o->status != SL_TRIAL_OK)
                continue;
            least = !least || o->threads < least ? o->threads : least;
            most = o->threads > most ? o->threads : most;
        }
    if (least && least == most)
        sl_string_add(line, "%s%d thread%s a trial", join, most, most == 1 ? "" : "s");
    else if (least)
        sl_string_add(line, "%s%d-%d threads a trial", join, least, most);
}

/* "AMD EPYC, 2 cores, 8 GiB, AVX-512, 2 threads a trial; 2026-01-31": whatever of it is known. */
static void machine_line(const struct sl_study *study, struct sl_string *line)
{
    json_t *machine = sl_json_parse(study->machine, &line->failed);
    line->failed |= !machine && study->machine && *study->machine; /* it is an object: memory ran out */
    const char *cpu = member(machine, "cpu"), *isa = member(machine, "isa");
    json_int_t cores = json_integer_value(json_object_get(machine, "cores"));
    double memory = json_number_value(json_object_get(machine, "memory"));
    const char *join = "";
    if (cpu) {
        sl_string_add(line, "%s", cpu);
        join = ", ";
    }
    if (cores > 0) {
        sl_string_add(line, "%s%d core%s", join, (int)cores, cores == 1 ? "" : "s");
        join = ", ";
    }
    if (memory > 0) {
        sl_string_add(line, "%s%.1f GiB", join, memory / 1073741824.0);
        join = ", ";
    }
    if (isa) {
        sl_string_add(line, "%s%s", join, isa);
        join = ", ";
    }
    add_threads(line, study, join);
    if (study->created && *study->created)
        sl_string_add(line, "%s%.10s", line->size ? "; " : "", study->created);
    json_decref(machine);
}

void sl_study_heading(const struct sl_study *study, struct sl_grid *grid)
{
    struct sl_string split = {0}, machine = {0};
    split_line(study, &split);
    machine_line(study, &machine);
    if (study->title && *study->title && strcmp(study->title, study->name) != 0)
        sl_grid_above(grid, "%s (study %s)", study->title, study->name);
    else
        sl_grid_above(grid, "Study %s", study->name);
    if (split.text)
        sl_grid_above(grid, "%s", split.text);
    for (size_t i = 0; i < study->n_notes; i++) {
        const char *text;
        if (sl_warning_of_note(study->notes[i], &text) < 0)
            sl_grid_above(grid, "%s", study->notes[i]);
    }
    if (machine.text && machine.size)
        sl_grid_above(grid, "%s", machine.text);
    grid->failed |= split.failed || machine.failed;
    sl_string_release(&split);
    sl_string_release(&machine);
}
