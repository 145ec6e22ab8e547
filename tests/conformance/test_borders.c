/* test_borders.c - the same bits on any number of threads, whatever work is worth them: some loops of a fit
 * on several, others on one. */
#include "conformance.h"

#include "core/threads.h"

enum { TRAIN = 150, TEST = 300, CLASSES = 3 };

static void compare_records(const struct sl_model *a, const struct sl_model *b)
{
    struct sl_writer of_a = record_of(a), of_b = record_of(b);
    assert_int_equal(of_a.size, of_b.size);
    assert_memory_equal(of_a.bytes, of_b.bytes, of_a.size);
    sl_writer_release(&of_a);
    sl_writer_release(&of_b);
}

static void same_bits(type_ptr type)
{
    struct sl_dataset *train = clouds(type, SL_F32, TRAIN, CLASSES, 1),
                      *test = clouds(type, SL_F32, TEST, CLASSES, 2);
    struct sl_view x = sl_dataset_view(test);
    sl_thread_operations = SL_THREAD_OPERATIONS;
    struct sl_model *alone = fit(type, train, 7, 1);
    int32_t *labels = labels_of(alone, &x, 1);
    float *scores = scores_of(alone, &x, 1);
    for (double border = 1; border <= SL_THREAD_OPERATIONS; border *= 32)
        for (int threads = 2; threads <= 5; threads += 3) {
            sl_thread_operations = border;
            struct sl_model *other = fit(type, train, 7, threads);
            int32_t *other_labels = labels_of(other, &x, threads);
            float *other_scores = scores_of(other, &x, threads);
            compare_records(alone, other);
            assert_same_labels(labels, other_labels, x.n);
            assert_same_scores(scores, other_scores, x.n * (size_t)x.k);
            free(other_labels);
            free(other_scores);
            sl_model_free(other);
        }
    free(labels);
    free(scores);
    sl_model_free(alone);
    sl_dataset_free(train);
    sl_dataset_free(test);
}

static const struct property properties[] = {
    {.text = "the same bits on any number of threads", .test = same_bits}};

int main(void)
{
    return run_properties("borders", properties, sizeof properties / sizeof *properties);
}
