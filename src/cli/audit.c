/* audit.c - shortlist audit: what in a data set would make a comparison misleading. */
#include "cli.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    CLI_CSV_OPTIONS,
    {"format", 'f', "FORMAT", "text or json (default text)"},
    {0},
};

/* Classes of the test part alone stand behind the others. */
static const char *class_name(const struct sl_dataset *train, const struct sl_dataset *test, int c)
{
    const char *name = sl_dataset_class(train, c);
    return name ? name : sl_dataset_class(test, c);
}

/* A class as it is printed; NULL, with 0 characters, when out of memory. */
static char *class_text(const char *name, size_t *width)
{
    char *text = sl_visible(name);
    *width = text ? sl_text_width(text) : 0;
    return text;
}

static void print_class(const char *name, size_t width)
{
    size_t own;
    char *text = class_text(name, &own);
    printf("%s%*s", text ? text : "(out of memory)", (int)(width > own ? width - own : 0), "");
    free(text);
}

static void print_counts(const struct sl_dataset *train, const struct sl_dataset *test, const struct sl_audit *audit)
{
    size_t width = strlen("class");
    for (int c = 0; c < audit->k; c++) {
        size_t n;
        free(class_text(class_name(train, test, c), &n));
        width = n > width ? n : width;
    }
    printf("%-*s  %8s  %6s%s\n", (int)width, "class", "training", "share", test ? "      test   share" : "");
    for (int c = 0; c < audit->k; c++) {
        print_class(class_name(train, test, c), width);
        printf("  %8zu  %5.1f%%", audit->class_counts[c],
               audit->n ? 100.0 * (double)audit->class_counts[c] / (double)audit->n : 0.0);
        if (test)
            printf("  %8zu  %5.1f%%", audit->class_counts_test[c],
                   audit->n_test ? 100.0 * (double)audit->class_counts_test[c] / (double)audit->n_test : 0.0);
        printf("\n");
    }
}

static const char *const type_name[] = {[SL_U8] = "bytes", [SL_F32] = "floats", [SL_F64] = "doubles"};
static const char *const json_type[] = {[SL_U8] = "uint8", [SL_F32] = "float32", [SL_F64] = "float64"};

static void print_notes(const struct sl_dataset *data, const char *before)
{
    const char *note;
    for (size_t i = 0; data && (note = sl_dataset_note(data, i)); i++)
        cli_line(stdout, "%s%s", before, note);
}

static void print_text(const struct sl_dataset *train, const struct sl_dataset *test,
                       const struct sl_audit *audit)
{
    struct sl_view view = sl_dataset_view(train);
    int has_test = test != NULL;
    cli_print(stdout, "%s: %zu training rows", sl_dataset_name(train), audit->n);
    if (has_test)
        printf(", %zu test rows", audit->n_test);
    printf(", %zu features (%s", audit->d, type_name[view.dtype]);
    if (view.image.height)
        printf(", %dx%dx%d images", view.image.height, view.image.width, view.image.channels);
    printf("), %d class%s\n", audit->k, audit->k == 1 ? "" : "es");
    print_notes(train, "");
    print_notes(test, "test file: ");
    printf("hash %s\n\n", sl_dataset_hash(train));
    print_counts(train, test, audit);
    printf("\n%8zu  training rows equal to an earlier training row\n", audit->duplicates);
    if (has_test) {
        printf("%8zu  test rows equal to an earlier test row\n", audit->duplicates_test);
        printf("%8zu  test rows equal to a training row: known answers, they flatter every classifier\n",
               audit->overlap);
    }
    printf("%8zu  training rows equal to a row with another label: no classifier can get all of them right\n",
           audit->conflicts);
    printf("%8zu  features with one value throughout the training rows\n", audit->constant);
}

static void print_json_counts(const size_t *counts, int k)
{
    printf("[");
    for (int c = 0; c < k; c++)
        printf("%s%zu", c ? ", " : "", counts[c]);
    printf("]");
}

static void print_json_notes(const struct sl_dataset *data)
{
    const char *note;
    printf("[");
    for (size_t i = 0; data && (note = sl_dataset_note(data, i)); i++) {
        printf("%s", i ? ", " : "");
        sl_write_json_text(stdout, note);
    }
    printf("]");
}

static void print_json(const struct sl_dataset *train, const struct sl_dataset *test,
                       const struct sl_audit *audit)
{
    struct sl_view view = sl_dataset_view(train);
    int has_test = test != NULL;
    printf("{\n  \"data\": ");
    sl_write_json_text(stdout, sl_dataset_name(train));
    printf(",\n  \"hash\": \"%s\",\n  \"type\": \"%s\",\n", sl_dataset_hash(train),
           json_type[view.dtype]);
    printf("  \"notes\": ");
    print_json_notes(train);
    printf(",\n  \"notes_test\": ");
    print_json_notes(test);
    printf(",\n");
    printf("  \"n_train\": %zu,\n  \"n_test\": ", audit->n);
    printf(has_test ? "%zu" : "null", audit->n_test);
    printf(",\n  \"n_features\": %zu,\n  \"image\": ", audit->d);
    if (view.image.height)
        printf("[%d, %d, %d]", view.image.height, view.image.width, view.image.channels);
    else
        printf("null");
    printf(",\n  \"classes\": [");
    for (int c = 0; c < audit->k; c++) {
        printf("%s", c ? ", " : "");
        sl_write_json_text(stdout, class_name(train, test, c));
    }
    printf("],\n  \"class_counts\": ");
    print_json_counts(audit->class_counts, audit->k);
    printf(",\n  \"class_counts_test\": ");
    if (has_test)
        print_json_counts(audit->class_counts_test, audit->k);
    else
        printf("null");
    printf(",\n  \"duplicates\": %zu,\n  \"duplicates_test\": ", audit->duplicates);
    printf(has_test ? "%zu" : "null", audit->duplicates_test);
    printf(",\n  \"overlap\": ");
    printf(has_test ? "%zu" : "null", audit->overlap);
    printf(",\n  \"conflicts\": %zu,\n  \"constant\": %zu\n}\n", audit->conflicts, audit->constant);
}

/* The test part where there is one: NULL, without an error, where there is none. */
static int open_test(const char *spec, struct sl_read_options read, const struct sl_dataset *train,
                     struct sl_dataset **test, struct sl_error *err)
{
    read.like = train;
    int code = sl_dataset_open(spec, SL_PART_TEST, &read, test, err);
    return code == SL_ENOPART ? SL_OK : code;
}

static int audit(const struct cli_args *args)
{
    struct sl_read_options read;
    struct sl_dataset *train = NULL, *test = NULL;
    struct sl_audit found = {0};
    struct sl_error err = {0};
    const char *format = cli_value(args, "format");
    int json = format && strcmp(format, "json") == 0;
    if (format && !json && strcmp(format, "text") != 0)
        return cli_usage(args->command, "--format: '%.40s' is not allowed: it takes text or json", format);
    int status = cli_read_options(args, &read);
    if (status)
        return status;
    int code = sl_dataset_open(args->word[0], SL_PART_TRAIN, &read, &train, &err);
    if (!code)
        code = open_test(args->word[0], read, train, &test, &err);
    if (!code)
        code = sl_audit(train, test, &found, &err);
    if (code)
        status = cli_fail(&err);
    else if (json)
        print_json(train, test, &found);
    else
        print_text(train, test, &found);
    sl_audit_release(&found);
    sl_dataset_free(train);
    sl_dataset_free(test);
    return status;
}

const struct cli_command cli_audit = {
    .name = "audit",
    .summary = "count what in a data set would make a comparison misleading",
    .synopsis = "DATA",
    .description =
        "Reads a data set, says what was found out about its files (label column, header, what was left\n"
        "out, columns that number the rows, classes of one row) and counts its classes, repeated rows,\n"
        "test rows that are training rows, equal rows with different labels, and features that never\n"
        "vary.  DATA is fashion-mnist, synthetic[:N[:SEED]], a folder (IDX pairs, or train.csv and\n"
        "test.csv) or a file (IDX or CSV,\n"
        "plain or gzip).",
    .examples = "  shortlist audit fashion-mnist\n"
                "  shortlist audit wine.csv --label quality --format json\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = audit,
};
