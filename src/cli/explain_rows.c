/* explain_rows.c - the rows that options name, and the classes whose scores are explained. */
#include "explain_rows.h"
#include <stdlib.h>
#include <string.h>

/* Says that there is no such class, and which there are: of many the first ones. */
static void refuse_class(const struct cli_args *args, const char *option, const char *word,
                         const char *const *names, int k)
{
    enum { LISTED = 20 };
    char *list = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&list, &size);
    for (int c = 0; to && c < k && c < LISTED; c++)
        fprintf(to, "%s%s", c ? ", " : "", names[c]);
    if (to && k > LISTED)
        fprintf(to, " and %d more", k - LISTED);
    if (to)
        fclose(to);
    cli_usage(args->command, "--%s: the model has no class '%.80s'%s: there are %.600s", option, word,
              sl_did_you_mean(word, names, (size_t)k).text, list ? list : "others");
    free(list);
}

/* A class of the model by its name; -1 after a message. */
static int find_class(const struct cli_args *args, const struct sl_model *model, const char *option,
                      const char *name)
{
    const int k = sl_model_classes(model);
    const char **names = malloc((size_t)k * sizeof *names);
    int found = -1;
    if (!names) {
        cli_fail_memory();
        return -1;
    }
    for (int c = 0; c < k; c++) {
        names[c] = sl_model_class(model, c);
        if (strcmp(names[c], name) == 0)
            found = c;
    }
    if (found < 0)
        refuse_class(args, option, name, names, k);
    free(names);
    return found;
}

/* --rows 3,10:20 ------------------------------------------------------------------------------------ */

static int add_row(struct cli_chosen *chosen, size_t row)
{
    if ((chosen->n & (chosen->n - 1)) == 0) { /* at powers of two, and 0 */
        size_t room = chosen->n ? 2 * chosen->n : 1;
        uint32_t *rows = realloc(chosen->rows, room * sizeof *rows);
        if (!rows)
            return cli_fail_memory();
        chosen->rows = rows;
    }
    chosen->rows[chosen->n++] = (uint32_t)row;
    return EXIT_DONE;
}

/* One part of the list: a number, or FIRST:END without END. */
static int add_range(const struct cli_args *args, const char *part, size_t n, struct cli_chosen *chosen)
{
    char first_text[24];
    long first, end;
    const char *colon = strchr(part, ':');
    snprintf(first_text, sizeof first_text, "%.*s", colon ? (int)(colon - part) : 23, part);
    int junk = sl_parse_long(first_text, &first) || first < 0;
    end = first + 1;
    if (colon)
        junk |= sl_parse_long(colon + 1, &end) || end <= first;
    if (junk)
        return cli_usage(
            args->command,
            "--rows: '%.40s' is not allowed: it takes numbers of rows from 0 on, and FIRST:END for "
            "those from FIRST to END - 1",
            part);
    if ((size_t)end > n)
        return cli_usage(args->command, "--rows: there is no row %ld: the data has %zu, the first being 0",
                         end - 1, n);
    int status = EXIT_DONE;
    for (long row = first; row < end && !status; row++)
        status = add_row(chosen, (size_t)row);
    return status;
}

static int add_listed(const struct cli_args *args, const char *list, size_t n, struct cli_chosen *chosen)
{
    char *copy = strdup(list), *rest = copy;
    int status = copy ? EXIT_DONE : cli_fail_memory();
    for (char *part; !status && (part = strsep(&rest, ","));)
        status = add_range(args, part, n, chosen);
    free(copy);
    return status;
}

/* Conditions ---------------------------------------------------------------------------------------- */

/* What rows must be; -1: anything. */
struct wanted {
    int truth, predicted, wrong;
};

static int read_wanted(const struct cli_args *args, const struct cli_model_rows *rows, struct wanted *wanted)
{
    const char *class = cli_value(args, "class"), *pair = cli_value(args, "pair");
    *wanted = (struct wanted){-1, -1, cli_has(args, "wrong")};
    if ((class || pair || wanted->wrong) && !rows->truth)
        return cli_usage(args->command, "--%s needs labels, and the data has none",
                         class  ? "class"
                         : pair ? "pair"
                                : "wrong");
    if (class && pair)
        return cli_usage(args->command, "--class and --pair exclude each other");
    if (class && (wanted->truth = find_class(args, rows->model, "class", class)) < 0)
        return EXIT_USAGE;
    if (!pair)
        return EXIT_DONE;
    char *copy = strdup(pair), *sign = copy ? strchr(copy, '>') : NULL;
    int status = copy ? EXIT_DONE : cli_fail_memory();
    if (!status && !sign)
        status = cli_usage(args->command, "--pair: '%.80s' is not allowed: it takes TRUE>PREDICTED", pair);
    if (!status) {
        *sign = 0;
        wanted->truth = find_class(args, rows->model, "pair", copy);
        wanted->predicted = wanted->truth < 0 ? -1 : find_class(args, rows->model, "pair", sign + 1);
        status = wanted->predicted < 0 ? EXIT_USAGE : EXIT_DONE;
    }
    free(copy);
    return status;
}

static int is_wanted(const struct wanted *wanted, const struct cli_model_rows *rows, const int32_t *predicted,
                     size_t row)
{
    return (wanted->truth < 0 || rows->truth[row] == wanted->truth) &&
           (wanted->predicted < 0 || predicted[row] == wanted->predicted) &&
           (!wanted->wrong || rows->truth[row] != predicted[row]);
}

static int add_all(size_t n, struct cli_chosen *chosen)
{
    int status = EXIT_DONE;
    for (size_t row = 0; row < n && !status; row++)
        status = add_row(chosen, row);
    return status;
}

int cli_choose_rows(const struct cli_args *args, const struct cli_model_rows *rows, const int32_t *predicted,
                    int usual, struct cli_chosen *chosen)
{
    const char *list = cli_value(args, "rows");
    const int all = list && strcmp(list, "all") == 0;
    struct wanted wanted;
    long limit = 0;
    size_t kept = 0;
    *chosen = (struct cli_chosen){0};
    int status = cli_whole(args, "limit", 1, 1000000000, &limit);
    if (!status)
        status = read_wanted(args, rows, &wanted);
    if (!status)
        status = list && !all ? add_listed(args, list, rows->view.n, chosen) : add_all(rows->view.n, chosen);
    if (status)
        return status;
    for (size_t i = 0; i < chosen->n; i++)
        if (is_wanted(&wanted, rows, predicted, chosen->rows[i]))
            chosen->rows[kept++] = chosen->rows[i];
    chosen->n = chosen->found = kept;
    if (!kept)
        return cli_usage(args->command,
                         "no row is to be explained: none of the %zu rows is as the options want",
                         rows->view.n);
    if (limit && (size_t)limit < chosen->n)
        chosen->n = (size_t)limit;
    chosen->limited = !limit && !list && usual && (size_t)usual < chosen->n;
    if (chosen->limited)
        chosen->n = (size_t)usual;
    return EXIT_DONE;
}

/* Classes ------------------------------------------------------------------------------------------- */

int cli_choose_classes(const struct cli_args *args, const struct cli_model_rows *rows, const int32_t *truth,
                       const int32_t *predicted, struct cli_chosen *chosen)
{
    const char *target = cli_value(args, "target");
    const size_t k = (size_t)sl_model_classes(rows->model), n = chosen->n;
    const int all = target && strcmp(target, "all") == 0, both = target && strcmp(target, "both") == 0;
    const int of_truth = target && strcmp(target, "true") == 0;
    const int own = !target || all || both || of_truth || strcmp(target, "predicted") == 0;
    int named = own ? 0 : find_class(args, rows->model, "target", target);
    if (named < 0)
        return EXIT_USAGE;
    if ((both || of_truth) && !truth)
        return cli_usage(args->command, "--target %s needs labels, and the data has none", target);
    chosen->m = all ? k : both ? 2 : 1;
    chosen->classes = n > SIZE_MAX / 16 / chosen->m ? NULL : malloc(n * chosen->m * sizeof(int32_t));
    if (!chosen->classes)
        return cli_fail_memory();
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < chosen->m; c++) {
            int32_t label = all                       ? (int32_t)c
                            : of_truth || (both && c) ? truth[i]
                            : own                     ? predicted[i]
                                                      : named;
            chosen->classes[i * chosen->m + c] = label < 0 ? predicted[i] : label;
        }
    return EXIT_DONE;
}

void cli_release_chosen(struct cli_chosen *chosen)
{
    free(chosen->rows);
    free(chosen->classes);
    *chosen = (struct cli_chosen){0};
}
