/* test_bytegram.c - integer products are exact: against a plain 64-bit sum, on any instruction set.
 *
 * oneDNN reads its limit once, so the program runs itself again under each limit. */
#include "core/memory.h"
#include "kernels/bytegram.h"
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const char *self;

enum fill { RANDOM, BRIGHT, DARK, FAR };

/* Operands: FAR is 255 against 0, the largest products of either sign. */
static void fill_bytes(struct sl_rng *rng, enum fill fill, int second, uint8_t *x, size_t size)
{
    for (size_t i = 0; i < size; i++)
        x[i] = fill == RANDOM                               ? (uint8_t)sl_rng_below(rng, 256)
               : fill == BRIGHT || (fill == FAR && !second) ? 255
                                                            : 0;
}

static void check_shape(enum sl_bytegram_way way, enum fill fill, size_t m, size_t n, size_t d)
{
    const size_t ldp = n + 3;
    struct sl_rng *rng = sl_rng_new(1, "bytegram");
    uint8_t *a = sl_alloc(m * d, 1), *b = sl_alloc(n * d, 1);
    int8_t *c = sl_alloc(n * d, 1);
    int32_t *p = sl_alloc(m * ldp, sizeof *p), *sum = sl_alloc(m, sizeof *sum),
            *norm = sl_alloc(m, sizeof *norm);
    fill_bytes(rng, fill, 0, a, m * d);
    fill_bytes(rng, fill, 1, b, n * d);
    sl_bytes_centre(b, n * d, c);
    memset(p, 0x55, m * ldp * sizeof *p);
    assert_int_equal(sl_bytegram(way, a, m, c, n, d, p, ldp), 0);
    sl_bytes_sums(a, m, d, sum, norm);
    for (size_t i = 0; i < m; i++) {
        int64_t total = 0, square = 0;
        for (size_t t = 0; t < d; t++) {
            total += a[i * d + t];
            square += (int64_t)a[i * d + t] * a[i * d + t];
        }
        assert_int_equal(sum[i], total);
        assert_int_equal(norm[i], square);
        for (size_t j = 0; j < n; j++) {
            int64_t dot = 0;
            for (size_t t = 0; t < d; t++)
                dot += (int64_t)a[i * d + t] * b[j * d + t];
            assert_int_equal(sl_byte_dot(a + i * d, c + j * d, d), p[i * ldp + j]);
            assert_int_equal((int64_t)p[i * ldp + j] + 128 * (int64_t)sum[i], dot);
        }
        for (size_t j = n; j < ldp; j++)
            assert_int_equal(p[i * ldp + j], 0x55555555);
    }
    uint8_t *back = sl_alloc(n * d, 1);
    sl_bytes_restore(c, n * d, back);
    assert_memory_equal(back, b, n * d);
    free(back);
    free(a);
    free(b);
    free(c);
    free(p);
    free(sum);
    free(norm);
    sl_rng_free(rng);
}

static void check_way(enum sl_bytegram_way way)
{
    static const size_t shapes[][3] = {{1, 1, 1},      {1, 7, 784},   {5, 1, 784},   {17, 33, 100},
                                       {64, 130, 784}, {3, 5, 1023},  {3, 5, 1024},  {9, 20, 1025},
                                       {2, 3, 2048},   {7, 16, 3000}, {1, 1, 33000}, {4, 2, 33000},
                                       {130, 257, 15}, {33, 48, 1}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (enum fill fill = RANDOM; fill <= FAR; fill++)
            check_shape(way, fill, shapes[s][0], shapes[s][1], shapes[s][2]);
}

static void test_plain(void **state)
{
    (void)state;
    check_way(SL_BYTEGRAM_PLAIN);
}

static void test_float(void **state)
{
    (void)state;
    check_way(SL_BYTEGRAM_FLOAT);
}

static void test_avx2(void **state)
{
    (void)state;
    if (!sl_bytegram_has_avx2())
        skip();
    check_way(SL_BYTEGRAM_AVX2);
    for (size_t m = 1; m <= 13; m++) /* every edge of a tile */
        for (size_t n = 1; n <= 33; n++)
            check_shape(SL_BYTEGRAM_AVX2, RANDOM, m, n, 1 + 37 * m + n);
    for (size_t d = 1; d <= 70; d++)
        check_shape(SL_BYTEGRAM_AVX2, RANDOM, 7, 19, d);
    check_shape(SL_BYTEGRAM_AVX2, RANDOM, 7, 17, 33000);
}

static void test_auto(void **state)
{
    (void)state;
    check_way(SL_BYTEGRAM_AUTO);
}

static void test_in_parallel(void **state)
{
    (void)state;
    enum { N = 96, D = 784, BLOCK = 32 };
    static uint8_t a[N * D];
    static int8_t b[N * D];
    static int32_t whole[N * N], blocks[N * N];
    struct sl_rng *rng = sl_rng_new(2, NULL);
    fill_bytes(rng, RANDOM, 0, a, sizeof a);
    sl_bytes_centre(a, sizeof a, b);
    sl_rng_free(rng);
    assert_int_equal(sl_bytegram(SL_BYTEGRAM_AUTO, a, N, b, N, D, whole, N), 0);
    int failed = 0;
#pragma omp parallel for num_threads(3) reduction(| : failed)
    for (int i = 0; i < N; i += BLOCK)
        failed |= sl_bytegram(SL_BYTEGRAM_AUTO, a + i * D, BLOCK, b, N, D, blocks + i * N, N);
    assert_int_equal(failed, 0);
    assert_memory_equal(whole, blocks, sizeof whole);
}

static void test_limits(void **state)
{
    static const char *const names[] = {"ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"};
    static const char *const limits[] = {"SSE41", "AVX2", "AVX512_CORE", "AVX2_VNNI"};
    (void)state;
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 4; j++) {
            fflush(NULL);
            pid_t child = fork();
            if (child == 0) {
                setenv(names[i], limits[j], 1);
                execl("/proc/self/exe", self, "limited", (char *)NULL);
                _exit(127);
            }
            int status = -1;
            assert_int_equal(waitpid(child, &status, 0), child);
            if (status != 0)
                fail_msg("wrong products under %s=%s", names[i], limits[j]);
        }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits), /* first: it forks before any thread starts */
        cmocka_unit_test(test_plain),  cmocka_unit_test(test_float),       cmocka_unit_test(test_avx2),
        cmocka_unit_test(test_auto),   cmocka_unit_test(test_in_parallel),
    };
    self = argv[0];
    if (argc > 1)
        return cmocka_run_group_tests_name(
            "limited", ((const struct CMUnitTest[]){cmocka_unit_test(test_auto)}), NULL, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
