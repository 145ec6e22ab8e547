/* export_split.c - writes a split as NumPy arrays, so that another library can be run on the same rows.
 *
 *     export_split [--data D] [--train N] [--validation N] [--split-seed S] [--float | --table |
 * --mixed-table] [--test]
 *                  [--folds K] FOLDER
 *
 * FOLDER gets train_x.npy (n, d) and validation_x.npy as uint8 or float32, train_y.npy and validation_y.npy
 * as int32, and with --folds train_fold.npy, the folds that a study cuts the training rows into; stdout gets
 * one JSON object that names the rows by their hashes. */
#include "core/memory.h"
#include "split.h"
#include <shortlist/split.h>
#include <stdio.h>
#include <string.h>

static int export_part(const char *folder, const char *part, const struct sl_dataset *data,
                       struct sl_error *err)
{
    struct sl_view view = sl_dataset_view(data);
    char path[4096];
    snprintf(path, sizeof path, "%s/%s_x.npy", folder, part);
    int bytes = view.dtype == SL_U8;
    int code =
        bench_npy_write(path, bytes ? "|u1" : "<f4", view.x, bytes ? 1 : sizeof(float), view.n, view.d, err);
    if (code != SL_OK)
        return code;
    snprintf(path, sizeof path, "%s/%s_y.npy", folder, part);
    return bench_npy_write(path, "<i4", view.y, sizeof *view.y, view.n, 0, err);
}

/* As a study draws them for the first of its repeats. */
static int export_folds(const char *folder, const struct bench_split *split, struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(split->train);
    uint16_t *fold = sl_alloc(view.n, sizeof *fold);
    char path[4096];
    int code = fold ? sl_folds(&view, (int)split->folds, split->seed, fold, err) : sl_fail_memory(err);
    snprintf(path, sizeof path, "%s/train_fold.npy", folder);
    if (code == SL_OK)
        code = bench_npy_write(path, "<u2", fold, sizeof *fold, view.n, 0, err);
    free(fold);
    return code;
}

static int print_facts(const struct bench_split *split, struct sl_error *err)
{
    struct sl_view train = sl_dataset_view(split->train);
    json_t *facts = json_object();
    sl_json_set(&facts, "n_train", json_integer((json_int_t)split->n_train));
    sl_json_set(&facts, "n_validation", json_integer((json_int_t)split->n_validation));
    sl_json_set(&facts, "d", json_integer((json_int_t)train.d));
    sl_json_set(&facts, "k", json_integer(train.k));
    sl_json_set(&facts, "test", json_boolean(split->test));
    return bench_split_print(split, facts, err);
}

int main(int argc, char **argv)
{
    struct bench_split split = {.data = "fashion-mnist", .n_train = 10000, .n_validation = 10000, .seed = 42};
    struct sl_error err = {0};
    int i = 1;
    while (i + 1 < argc) {
        if (bench_split_flag(&split, argv[i]))
            i++;
        else if (bench_split_option(&split, argv[i], argv[i + 1]) == 1)
            i += 2;
        else
            break;
    }
    if (i + 1 != argc || strncmp(argv[i], "--", 2) == 0) {
        fprintf(stderr, "usage: export_split [--data D] [--train N] [--validation N] [--split-seed S] "
                        "[--float | --table | --mixed-table] [--test] [--folds K] FOLDER\n");
        return 2;
    }
    int code = bench_split_open(&split, &err);
    if (code == SL_OK)
        code = export_part(argv[i], "train", split.train, &err);
    if (code == SL_OK)
        code = export_part(argv[i], "validation", split.validation, &err);
    if (code == SL_OK && split.folds)
        code = export_folds(argv[i], &split, &err);
    if (code == SL_OK)
        code = print_facts(&split, &err);
    if (code != SL_OK)
        fprintf(stderr, "export_split: %s\n", err.text);
    bench_split_close(&split);
    return code == SL_OK ? 0 : 1;
}
