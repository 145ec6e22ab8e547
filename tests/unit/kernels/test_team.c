/* test_team.c - threads that one of them leads: all take part in every piece, and see what the others did
 * before. */
#include "kernels/team.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MOST = 5, PIECES = 2000 };

struct board {
    long count[MOST]; /* plain numbers: the team's meetings alone keep them in order */
    long seen, led;   /* seen: as a piece found the sum of those before it */
    int threads;
};

static long sum(const struct board *board)
{
    long total = 0;
    for (int t = 0; t < board->threads; t++)
        total += board->count[t];
    return total;
}

static void add(void *arg, int thread)
{
    struct board *board = arg;
    board->count[thread]++;
}

/* Each thread in turn reads what all have written. */
static void look(void *arg, int thread)
{
    struct board *board = arg;
    if (thread == board->led % board->threads)
        board->seen = sum(board);
}

static void lead(struct sl_team *team, void *arg)
{
    struct board *board = arg;
    board->threads = team->threads;
    for (board->led = 1; board->led <= PIECES; board->led++) {
        sl_team_all(team, add, board);
        sl_team_all(team, look, board);
        if (board->seen != board->led * team->threads)
            return;
    }
}

static void in_every_piece(void **state)
{
    (void)state;
    for (int threads = 1; threads <= MOST; threads++) {
        struct board board = {{0}, 0, 0, 0};
        sl_team_lead(threads, lead, &board);
        assert_int_equal(board.threads, threads);
        assert_int_equal(board.led, PIECES + 1);
        for (int t = 0; t < threads; t++)
            assert_int_equal(board.count[t], PIECES);
    }
}

static void lead_nothing(struct sl_team *team, void *arg)
{
    *(int *)arg = team->threads;
}

static void without_a_piece(void **state)
{
    int threads = 0;
    (void)state;
    sl_team_lead(3, lead_nothing, &threads);
    assert_int_equal(threads, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_every_piece), cmocka_unit_test(without_a_piece)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
