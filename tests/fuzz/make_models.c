/* make_models.c - make_models FOLDER: a small fitted model of every classifier, for the corpus of fuzz_model:
 * of images of bytes, of floats, and of sparse rows where it takes them. */
#include "fuzz.h"
#include "small_rows.h"
#include <shortlist/model.h>
#include <stdio.h>
#include <stdlib.h>

/* Types that refuse such rows are left out. */
static int make(const struct sl_classifier_type *type, enum sl_dtype dtype, const char *folder)
{
    static const char *const kinds[] = {[SL_U8] = "images", [SL_F32] = "floats", [SL_SPARSE] = "sparse"};
    struct sl_error err = {0};
    struct sl_dataset *data = small_rows(dtype);
    struct sl_model *model = NULL;
    struct sl_fit_options options = {
        .seed = 1, .threads = 1, .scaling = dtype == SL_F32 ? SL_SCALE_STANDARD : SL_SCALE_NONE};
    char path[1024];
    void *config = small_config(type, NULL);
    int made = !sl_model_fit(type, config, data, NULL, &options, NULL, &model, &err);
    snprintf(path, sizeof path, "%s/%s-%s", folder, type->name, kinds[dtype]);
    if (made && (sl_model_remember(model, data, &err) || sl_model_save(model, path, &err)))
        fprintf(stderr, "%s: %s\n", path, err.text), exit(1);
    sl_model_free(model);
    sl_dataset_free(data);
    free(config);
    return made;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return fprintf(stderr, "usage: make_models FOLDER\n"), 2;
    for (size_t i = 0; i < sl_classifier_count(); i++) {
        const struct sl_classifier_type *type = sl_classifier_at(i);
        int made = make(type, SL_U8, argv[1]);
        made += make(type, SL_F32, argv[1]);
        made += make(type, SL_SPARSE, argv[1]);
        if (!made)
            return fprintf(stderr, "make_models: no model of %s\n", type->name), 1;
    }
    return 0;
}
