/* Properties of saved models: nothing is lost, and nothing in a record is believed. */
#include "conformance.h"
#include <unistd.h>

enum { TRAIN = 40, TEST = 30, K = 3, FLIPS = 400, LENGTHS = 1500 };

static void save_and_load_dtype(type_ptr type, enum sl_dtype dtype)
{
    struct sl_dataset *train = clouds(type, dtype, TRAIN, K, 1), *test = clouds(type, dtype, TEST, K, 2);
    struct sl_view x = sl_dataset_view(test);
    struct sl_model *model = fit(type, train, 7, 1), *loaded = NULL;
    struct sl_error err = {0};
    char path[] = "conformance-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    if (sl_model_save(model, path, &err) || sl_model_load(path, &loaded, &err)) {
        unlink(path);
        fail_msg("%s", err.text);
    }
    unlink(path);
    assert_true(sl_model_type(loaded) == type);
    assert_same_predictions(model, loaded, &x);
    struct sl_writer before = record_of(model), after = record_of(loaded);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.bytes, after.bytes, before.size);
    sl_writer_release(&before);
    sl_writer_release(&after);
    sl_model_free(model);
    sl_model_free(loaded);
    sl_dataset_free(train);
    sl_dataset_free(test);
}

static void save_and_load_bytes(type_ptr type)
{
    save_and_load_dtype(type, SL_U8);
}

static void save_and_load_floats(type_ptr type)
{
    save_and_load_dtype(type, SL_F32);
}

/* Loads a record from memory of exactly its size, so that a sanitizer sees the first byte read beyond. */
static int load_record(const struct sl_model *like, const unsigned char *bytes, size_t n, void **payload,
                       struct sl_error *err)
{
    unsigned char *copy = malloc(n ? n : 1);
    memcpy(copy, bytes, n);
    struct sl_reader r = {.bytes = copy, .size = n};
    *payload = NULL;
    int code = like->type->load(&r, &like->scaled, like->config, payload, err);
    free(copy);
    return code;
}

static void truncated(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_U8, TRAIN, K, 1);
    struct sl_model *model = fit(type, train, 7, 1);
    struct sl_writer record = record_of(model);
    struct sl_rng *rng = sl_rng_new(5, "lengths");
    /* Every length of a short record; of a long one its beginning and end, and some between. */
    size_t step = record.size <= LENGTHS ? 1 : record.size / (LENGTHS / 3);
    for (size_t n = 0; n < record.size;) {
        struct sl_error err = {0};
        void *payload;
        int code = load_record(model, record.bytes, n, &payload, &err);
        if (code != SL_EDATA || payload || !err.text[0])
            fail_msg("%zu bytes of %zu: %s %s", n, record.size, sl_code_name(code), err.text);
        int at_end = n < LENGTHS / 3 || n + LENGTHS / 3 >= record.size;
        n += step == 1 || at_end ? 1 : 1 + sl_rng_below(rng, 2 * step);
    }
    sl_rng_free(rng);
    sl_writer_release(&record);
    sl_model_free(model);
    sl_dataset_free(train);
}

/* A record that was accepted must still predict classes, and fast. */
static void use_payload(const struct sl_model *model, const void *payload, const struct sl_view *x)
{
    int32_t labels[4] = {-1, -1, -1, -1};
    float scores[4 * K];
    struct sl_view rows = model->scaled;
    rows.n = 4;
    rows.x = x->x;
    if (model->type->predict(payload, &rows, 1, labels, NULL) == SL_OK)
        for (int i = 0; i < 4; i++)
            assert_in_range(labels[i], 0, K - 1);
    if (model->type->scores)
        model->type->scores(payload, &rows, 1, scores, NULL);
}

static void hostile(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_U8, TRAIN, K, 1);
    struct sl_view x = sl_dataset_view(train);
    struct sl_model *model = fit(type, train, 7, 1);
    struct sl_writer record = record_of(model);
    struct sl_rng *rng = sl_rng_new(6, "flips");
    unsigned char *bytes = malloc(record.size);
    for (int i = 0; i < FLIPS; i++) {
        struct sl_error err = {0};
        void *payload;
        memcpy(bytes, record.bytes, record.size);
        for (uint64_t flips = 1 + sl_rng_below(rng, 3); flips-- > 0;) {
            /* Half of them among the first bytes, where sizes and indices tend to be. */
            size_t head = record.size < 64 || sl_rng_below(rng, 2) ? record.size : 64;
            static const unsigned char favourites[] = {0, 1, 127, 128, 255};
            uint64_t choice = sl_rng_below(rng, 8);
            bytes[sl_rng_below(rng, head)] =
                choice < 5 ? favourites[choice] : (unsigned char)sl_rng_bits(rng);
        }
        int code = load_record(model, bytes, record.size, &payload, &err);
        if (code == SL_OK)
            use_payload(model, payload, &x);
        else if ((code != SL_EDATA && code != SL_ENOMEM) || payload)
            fail_msg("%s: %s", sl_code_name(code), err.text);
        type->free(payload);
    }
    free(bytes);
    sl_rng_free(rng);
    sl_writer_release(&record);
    sl_model_free(model);
    sl_dataset_free(train);
}

static void free_null(type_ptr type)
{
    type->free(NULL);
    sl_model_free(NULL);
}

static const struct property properties[] = {
    {.text = "a saved model of bytes predicts the same, byte for byte", .test = save_and_load_bytes},
    {.text = "a saved model of floats predicts the same, byte for byte", .test = save_and_load_floats},
    {.text = "a truncated record is refused", .test = truncated},
    {.text = "a changed record is refused or predicts classes", .test = hostile},
    {.text = "free takes NULL", .test = free_null},
};

int main(void)
{
    return run_properties("records", properties, sizeof properties / sizeof *properties);
}
