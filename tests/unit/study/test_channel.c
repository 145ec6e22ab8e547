/* test_channel.c - records over a pipe: whole ones arrive as sent, others are never believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/channel.h"
#include "study/outcome.h"
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 5, K = 3, MOST = 4096 };

static void open_pipe(struct sl_channel *channel, int *end)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    *channel = (struct sl_channel){.fd = ends[0]};
    *end = ends[1];
}

static void send_outcome(int fd)
{
    int32_t labels[N] = {0, 1, 2, 1, 0};
    struct sl_outcome o;
    struct sl_writer w = {0};
    sl_outcome_init(&o);
    o.status = SL_TRIAL_OK;
    o.n_train = 10;
    o.n_validation = N;
    o.fit_time = 0.25;
    o.predicted = labels;
    sl_put_u8(&w, 0);
    sl_outcome_write(&o, &w);
    assert_int_equal(sl_channel_send(fd, SL_RECORD_OUTCOME, &w), 0);
}

/* Its kind is all that it says. */
static void an_empty_record_arrives(void **state)
{
    (void)state;
    struct sl_channel channel;
    struct sl_reader body;
    struct sl_writer nothing = {0};
    int end;
    open_pipe(&channel, &end);
    assert_int_equal(sl_channel_send(end, SL_RECORD_AGAIN, &nothing), 0);
    assert_int_equal(sl_channel_fill(&channel), 1);
    assert_int_equal(sl_channel_take(&channel, &body), SL_RECORD_AGAIN);
    assert_int_equal(body.size, 0);
    close(end);
    sl_channel_release(&channel);
}

/* The bytes of a record as they go through the pipe. */
static size_t record_bytes(unsigned char *bytes)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    send_outcome(ends[1]);
    ssize_t n = read(ends[0], bytes, MOST);
    close(ends[0]);
    close(ends[1]);
    assert_in_range(n, 50, MOST - 1);
    return (size_t)n;
}

/* What comes of these bytes: a record's kind, 0 or -1. */
static int receive(const unsigned char *bytes, size_t n)
{
    struct sl_channel channel;
    struct sl_reader body;
    int end;
    open_pipe(&channel, &end);
    assert_int_equal(write(end, bytes, n), n);
    close(end);
    assert_int_equal(sl_channel_fill(&channel), 0);
    int kind = sl_channel_take(&channel, &body);
    sl_channel_release(&channel);
    return kind;
}

static void records_arrive_as_sent(void **state)
{
    (void)state;
    struct sl_channel channel;
    struct sl_reader body;
    struct sl_outcome o;
    struct sl_writer start = {0};
    int end;
    open_pipe(&channel, &end);
    assert_int_equal(sl_channel_fill(&channel), 1); /* nothing yet */
    assert_int_equal(sl_channel_take(&channel, &body), 0);
    sl_put_u64(&start, 77);
    assert_int_equal(sl_channel_send(end, SL_RECORD_START, &start), 0);
    send_outcome(end);
    assert_int_equal(sl_channel_fill(&channel), 1);
    assert_int_equal(sl_channel_take(&channel, &body), SL_RECORD_START);
    assert_int_equal(sl_get_u64(&body), 77);
    assert_int_equal(sl_channel_take(&channel, &body), SL_RECORD_OUTCOME);
    assert_int_equal(sl_get_u8(&body), 0);
    sl_outcome_init(&o);
    assert_int_equal(sl_outcome_read(&o, &body, N, K), 0);
    assert_int_equal(o.status, SL_TRIAL_OK);
    assert_true(o.fit_time == 0.25 && isnan(o.score_time));
    assert_int_equal(o.predicted[2], 2);
    sl_outcome_release(&o);
    assert_int_equal(sl_channel_take(&channel, &body), 0);
    close(end);
    assert_int_equal(sl_channel_fill(&channel), 0);
    sl_channel_release(&channel);
}

static void a_changed_bit_is_noticed(void **state)
{
    (void)state;
    unsigned char bytes[MOST];
    size_t n = record_bytes(bytes);
    assert_int_equal(receive(bytes, n), SL_RECORD_OUTCOME);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        assert_true(receive(bytes, n) <= 0);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

static void a_cut_record_is_none(void **state)
{
    (void)state;
    unsigned char bytes[MOST];
    size_t n = record_bytes(bytes);
    for (size_t cut = 0; cut < n; cut++)
        assert_int_equal(receive(bytes, cut), 0);
}

/* A record that is whole, but not of this trial. */
static void labels_must_be_the_trials(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        int k;
    } wrong[] = {{N + 1, K}, {N - 1, K}, {N, K - 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sl_channel channel;
        struct sl_reader body;
        struct sl_outcome o;
        int end;
        open_pipe(&channel, &end);
        send_outcome(end);
        assert_int_equal(sl_channel_fill(&channel), 1);
        assert_int_equal(sl_channel_take(&channel, &body), SL_RECORD_OUTCOME);
        sl_get_u8(&body);
        sl_outcome_init(&o);
        assert_int_equal(sl_outcome_read(&o, &body, wrong[i].n, wrong[i].k), -1);
        sl_outcome_release(&o);
        sl_channel_release(&channel);
        close(end);
    }
}

/* By a record that needs none itself; and a reader that found none did not find a damaged record. */
static void want_of_memory_is_told(void **state)
{
    (void)state;
    struct sl_channel channel;
    struct sl_reader body;
    int end;
    open_pipe(&channel, &end);
    sl_channel_send_no_memory(end);
    assert_int_equal(sl_channel_fill(&channel), 1);
    assert_int_equal(sl_channel_take(&channel, &body), SL_RECORD_NO_MEMORY);
    assert_int_equal(body.size, 0);
    sl_channel_release(&channel);
    close(end);

    struct sl_reader record = {.bytes = (const unsigned char *)"x", .size = 1, .failed = 1, .no_memory = 1};
    struct sl_error err;
    assert_int_equal(sl_reader_fail(&record, &err, "damaged"), SL_ENOMEM);
    assert_string_equal(err.text, "out of memory");
    record.no_memory = 0;
    assert_int_equal(sl_reader_fail(&record, &err, "damaged"), SL_EDATA);
    assert_string_equal(err.text, "damaged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_record_arrives),   cmocka_unit_test(records_arrive_as_sent),
        cmocka_unit_test(a_changed_bit_is_noticed),  cmocka_unit_test(a_cut_record_is_none),
        cmocka_unit_test(labels_must_be_the_trials), cmocka_unit_test(want_of_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
