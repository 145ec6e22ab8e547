/* make_kept.c - make_kept FOLDER: small files of those that the program keeps for itself, for the targets of
 * these names: stores (pages as small as SQLite has them), PCAs, states of trainings. */
#include "fuzz.h"
#include "small_rows.h"
#include <shortlist/embed.h>
#include <shortlist/run.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *folder;

static const char *path_of(const char *target, const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    return path;
}

/* Stores ------------------------------------------------------------------------------------------ */

static const char *const experiments[][2] = {
    {"folds",
     "title: Folds\ndata: synthetic:60\ntrain: 40\nvalidation: 10\nfolds: 2\nrepeats: 2\nmetric: f1_macro\n"
     "rows:\n  - knn: {n_neighbors: [1, 5]}\n  - majority: {}\n    published: {accuracy: 0.9}\n"},
    {"curves", "data: synthetic:60\ntrain: 40\nvalidation: 20\n"
               "rows:\n  - mlp: {max_iter: 2, hidden_layer_sizes: [4]}\n    name: a <net>\n  - tree\n"
               "  - logreg: {C: [0.1, 1]}\n    scale: standard\n"},
};

static void run(const char *out, const char *name, const char *text)
{
    struct sl_experiment *experiment;
    struct sl_run_summary summary;
    struct sl_error err = {0};
    const struct sl_run_options options = {.out = out, .threads = 1, .keep_scores = SL_KEEP_ALL};
    char file[64];
    snprintf(file, sizeof file, "%s.yaml", name);
    fuzz_must_work(sl_experiment_open(fuzz_file(file, text, strlen(text)), &experiment, &err), &err);
    fuzz_must_work(sl_run(experiment, &options, &summary, &err), &err);
    FUZZ_MUST(!summary.failed);
    sl_experiment_free(experiment);
}

/* Empty fields, for which SQLite asks for nothing, would make the file several times as large. */
static void pack(const char *from, const char *to)
{
    sqlite3 *store;
    char *sql = sqlite3_mprintf("PRAGMA page_size = 512; VACUUM INTO %Q", to);
    remove(to);
    FUZZ_MUST(sqlite3_open(from, &store) == SQLITE_OK);
    FUZZ_MUST(sqlite3_exec(store, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_free(sql);
    sqlite3_close(store);
}

static void make_stores(void)
{
    const size_t n = sizeof experiments / sizeof *experiments;
    for (size_t i = 0; i <= n; i++) { /* each alone, then both in one */
        char out[128], store[160];
        snprintf(out, sizeof out, "%s/store%zu", fuzz_folder(), i);
        snprintf(store, sizeof store, "%s/shortlist.db", out);
        for (size_t j = 0; j < n; j++)
            if (i == n || i == j)
                run(out, experiments[j][0], experiments[j][1]);
        pack(store, path_of("store", i < n ? experiments[i][0] : "both"));
    }
}

/* PCAs, states ------------------------------------------------------------------------------------ */

static void make_pca(const struct sl_dataset *data, const struct sl_features_options *options,
                     const char *name)
{
    struct sl_error err = {0};
    struct sl_features *features;
    struct sl_pca *pca;
    fuzz_must_work(sl_features_new(data, options, &features, &err), &err);
    fuzz_must_work(sl_pca_fit(features, 2, 1, &pca, &err), &err);
    fuzz_must_work(sl_pca_save(pca, features, path_of("pca", name), &err), &err);
    sl_pca_free(pca);
    sl_features_free(features);
}

static void make_pcas(void)
{
    static const char table[] = "a,colour,label\n1,red,x\n2,blue,y\n,,x\n4,red,y\n7,green,x\n";
    struct sl_features_options options = {.threads = 1, .scaling = SL_SCALE_STANDARD};
    struct sl_read_options read = fuzz_read_options(0x30);
    struct sl_error err = {0};
    struct sl_dataset *images = small_rows(SL_U8), *floats = small_rows(SL_F32), *words;
    make_pca(floats, &options, "floats");
    options.scaling = SL_SCALE_MINMAX;
    make_pca(images, &options, "images");
    fuzz_must_work(
        sl_dataset_open(fuzz_file("x.csv", table, sizeof table - 1), SL_PART_TRAIN, &read, &words, &err),
        &err);
    options.encoding = &read.encoding;
    make_pca(words, &options, "words");
    sl_dataset_free(images);
    sl_dataset_free(floats);
    sl_dataset_free(words);
}

/* The first byte of an input says which net. */
static void make_states(void)
{
    for (int net = 0; net < SMALL_NETS; net++) {
        struct sl_writer kept = {0};
        struct sl_error err = {0};
        const struct sl_fit_state state = {.kept = &kept};
        char name[16];
        sl_put_u8(&kept, (uint8_t)net);
        fuzz_must_work(small_net_fit(net, "2", &state, &err), &err);
        snprintf(name, sizeof name, "%d", net);
        FILE *file = fopen(path_of("state", name), "wb");
        FUZZ_MUST(file && kept.size > 1 && fwrite(kept.bytes, 1, kept.size, file) == kept.size);
        FUZZ_MUST(fclose(file) == 0);
        sl_writer_release(&kept);
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return fprintf(stderr, "usage: make_kept FOLDER\n"), 2;
    folder = argv[1];
    make_stores(); /* processes of trials, so before all that might start threads */
    make_pcas();
    make_states();
    return 0;
}
