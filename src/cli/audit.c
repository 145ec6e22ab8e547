/* audit.c - shortlist audit: what in a data set would make a comparison misleading. */
#include "cli.h"
#include "json.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    CLI_DATA_OPTIONS,
    CLI_ENCODING_OPTIONS,
    {"format", 'f', "FORMAT", "text or json (default text)"},
    {0},
};

/* Classes of the test part alone stand behind the others. */
static const char *class_name(const struct sl_dataset *train, const struct sl_dataset *test, int c)
{
    const char *name = sl_dataset_class(train, c);
    return name ? name : sl_dataset_class(test, c);
}

/* A class as it is printed; NULL, with 0 characters, when out of memory, which the exit status tells. */
static char *class_text(const char *name, size_t *width)
{
    char *text = sl_visible(name);
    *width = text ? sl_text_width(text) : 0;
    if (!text)
        cli_miss_text();
    return text;
}

static void print_class(const char *name, size_t width)
{
    size_t own;
    char *text = class_text(name, &own);
    printf("%s%*s", text ? text : "", (int)(width > own ? width - own : 0), "");
    free(text);
}

static void print_counts(const struct sl_dataset *train, const struct sl_dataset *test,
                         const struct sl_audit *audit)
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

static const char *const type_name[] = {
    [SL_U8] = "bytes", [SL_F32] = "floats", [SL_F64] = "doubles", [SL_SPARSE] = "sparse floats"};
static const char *const dtype_name[] = {
    [SL_U8] = "uint8", [SL_F32] = "float32", [SL_F64] = "float64", [SL_SPARSE] = "sparse float32"};

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

static json_t *counts_json(const size_t *counts, int k)
{
    json_t *list = json_array();
    for (int c = 0; c < k; c++)
        cli_json_add(&list, cli_json_count(counts[c]));
    return list;
}

static json_t *notes_json(const struct sl_dataset *data)
{
    const char *note;
    json_t *list = json_array();
    for (size_t i = 0; data && (note = sl_dataset_note(data, i)); i++)
        cli_json_add(&list, cli_json_text(note));
    return list;
}

static json_t *classes_json(const struct sl_dataset *train, const struct sl_dataset *test, int k)
{
    json_t *list = json_array();
    for (int c = 0; c < k; c++)
        cli_json_add(&list, cli_json_text(class_name(train, test, c)));
    return list;
}

static json_t *image_json(struct sl_image image)
{
    return image.height ? json_pack("[i, i, i]", image.height, image.width, image.channels) : json_null();
}

/* What is known of the test part only. */
static json_t *test_count(const struct sl_dataset *test, size_t n)
{
    return test ? cli_json_count(n) : json_null();
}

static int write_json(const struct sl_dataset *train, const struct sl_dataset *test,
                      const struct sl_audit *audit)
{
    struct sl_view view = sl_dataset_view(train);
    json_t *o = json_object();
    cli_json_set(&o, "data", cli_json_text(sl_dataset_name(train)));
    cli_json_set(&o, "hash", cli_json_text(sl_dataset_hash(train)));
    cli_json_set(&o, "type", cli_json_text(dtype_name[view.dtype]));
    cli_json_set(&o, "notes", notes_json(train));
    cli_json_set(&o, "notes_test", notes_json(test));
    cli_json_set(&o, "n_train", cli_json_count(audit->n));
    cli_json_set(&o, "n_test", test_count(test, audit->n_test));
    cli_json_set(&o, "n_features", cli_json_count(audit->d));
    cli_json_set(&o, "image", image_json(view.image));
    cli_json_set(&o, "classes", classes_json(train, test, audit->k));
    cli_json_set(&o, "class_counts", counts_json(audit->class_counts, audit->k));
    cli_json_set(&o, "class_counts_test",
                 test ? counts_json(audit->class_counts_test, audit->k) : json_null());
    cli_json_set(&o, "duplicates", cli_json_count(audit->duplicates));
    cli_json_set(&o, "duplicates_test", test_count(test, audit->duplicates_test));
    cli_json_set(&o, "overlap", test_count(test, audit->overlap));
    cli_json_set(&o, "conflicts", cli_json_count(audit->conflicts));
    cli_json_set(&o, "constant", cli_json_count(audit->constant));
    return cli_write_json(o);
}

/* The test part where there is one: NULL, without an error, where there is none. */
static int open_test(const struct cli_args *args, struct sl_read_options read, const struct sl_dataset *train,
                     struct sl_dataset **test, struct sl_error *err)
{
    const char *spec = args->word[0], *file = cli_value(args, "test");
    read.like = train;
    if (file)
        return sl_dataset_open(file, SL_PART_TRAIN, &read, test, err);
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
    if (!status)
        status = cli_encoding_options(args, &read);
    if (status)
        return status;
    read.any_cells = 1;
    int code = sl_dataset_open(args->word[0], SL_PART_TRAIN, &read, &train, &err);
    if (!code)
        code = open_test(args, read, train, &test, &err);
    if (!code)
        code = sl_audit(train, test, &found, &err);
    if (code)
        status = cli_fail(&err);
    else if (json)
        status = write_json(train, test, &found);
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
        "vary.  DATA is fashion-mnist, synthetic[:N[:SEED]], a folder (IDX pairs, train.csv and test.csv\n"
        "or the like, or a folder of pictures for each class) or a file (CSV, svmlight, ARFF, IDX, NumPy's\n"
        "npy and npz; plain, or packed by gzip, xz, bzip2, zstd or zip).",
    .examples = "  shortlist audit fashion-mnist\n"
                "  shortlist audit wine.csv --label quality --format json\n",
    .options = options,
    .least = 1,
    .most = 1,
    .run = audit,
};
