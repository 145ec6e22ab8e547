/* progress.c - how far a run has come, on stderr: a bar that is redrawn on a terminal, a line for each
 * trial (and now and then for an epoch) elsewhere. */
#include "cli.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BAR = 20, LINE_MAX_WIDTH = 400 };

static const double redraw_every = 0.1, epoch_line_every = 5.0; /* seconds */

void cli_progress_begin(struct cli_progress *progress)
{
    const char *term = getenv("TERM");
    *progress = (struct cli_progress){0};
    progress->terminal = isatty(STDERR_FILENO) && !(term && strcmp(term, "dumb") == 0);
}

static void clear_line(struct cli_progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr); /* to the line's end */
    progress->drawn = 0;
}

void cli_progress_end(struct cli_progress *progress)
{
    clear_line(progress);
}

static void print_duration(double seconds, char *buf, size_t size)
{
    long s = lround(seconds);
    if (s >= 3600)
        snprintf(buf, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(buf, size, "%ld:%02ld", s / 60, s % 60);
}

static double accuracy(const struct sl_outcome *outcome)
{
    size_t right = 0;
    if (!outcome->predicted || !outcome->truth || !outcome->n_validation)
        return NAN;
    for (size_t i = 0; i < outcome->n_validation; i++)
        right += outcome->predicted[i] == outcome->truth[i];
    return (double)right / (double)outcome->n_validation;
}

/* 0.023, 1.24, 12.3: three digits, none finer than a millisecond. */
static void print_seconds(double seconds, char *buf, size_t size)
{
    if (seconds < 0.0005)
        snprintf(buf, size, "<0.001");
    else if (seconds < 0.0995)
        snprintf(buf, size, "%.3f", seconds);
    else
        snprintf(buf, size, seconds < 999.5 ? "%.3g" : "%.0f", seconds);
}

/* "k-NN: accuracy 0.8221, fit 0.12 s, score 0.95 s" */
static void describe_outcome(const struct sl_progress *report, char *buf, size_t size)
{
    const struct sl_outcome *o = report->outcome;
    double share = accuracy(o);
    char fit[24], score[24], correct[32] = "";
    print_seconds(o->fit_time, fit, sizeof fit);
    print_seconds(o->score_time, score, sizeof score);
    if (!isnan(share))
        snprintf(correct, sizeof correct, "accuracy %.4f, ", share);
    if (o->status != SL_TRIAL_OK)
        snprintf(buf, size, "%s: %s%s%s", report->row, sl_trial_status_name(o->status),
                 *o->reason ? ": " : "", o->reason);
    else
        snprintf(buf, size, "%s: %sfit %s s, score %s s", report->row, correct, fit, score);
}

/* "epoch 3, loss 0.412, validation accuracy 0.8512": what the curve's point holds. */
static void describe_epoch(const struct sl_epoch *epoch, char *buf, size_t size)
{
    size_t used = (size_t)snprintf(buf, size, "epoch %d", epoch->epoch);
    if (!isnan(epoch->train_loss) && used < size)
        used += (size_t)snprintf(buf + used, size - used, ", loss %.4g", epoch->train_loss);
    if (!isnan(epoch->validation_accuracy) && used < size)
        snprintf(buf + used, size - used, ", validation accuracy %.4f", epoch->validation_accuracy);
    else if (!isnan(epoch->train_accuracy) && used < size)
        snprintf(buf + used, size - used, ", training accuracy %.4f", epoch->train_accuracy);
}

static int terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 20)
        return 80;
    return size.ws_col < LINE_MAX_WIDTH ? size.ws_col : LINE_MAX_WIDTH;
}

static void draw_bar(struct cli_progress *progress, const struct sl_progress *report)
{
    char bar[BAR + 1], eta[40] = "", epoch[120] = "", line[LINE_MAX_WIDTH + 400];
    size_t full = report->total ? report->done * BAR / report->total : 0;
    memset(bar, '.', BAR);
    memset(bar, '#', full < BAR ? full : BAR);
    bar[BAR] = 0;
    if (!isnan(report->eta)) {
        char left[24];
        print_duration(report->eta, left, sizeof left);
        snprintf(eta, sizeof eta, ", %s left", left);
    }
    if (report->epoch)
        describe_epoch(report->epoch, epoch, sizeof epoch);
    snprintf(line, sizeof line, "[%s] %zu/%zu%s  %s%s%s", bar, report->done, report->total, eta,
             report->row ? report->row : "", *epoch ? ": " : "", epoch);
    int width = terminal_width() - 1;
    clear_line(progress);
    fprintf(stderr, "%.*s", width, line);
    progress->drawn = 1;
    progress->last_update = report->elapsed;
}

static void print_outcome(struct cli_progress *progress, const struct sl_progress *report)
{
    char text[600];
    describe_outcome(report, text, sizeof text);
    clear_line(progress);
    fprintf(stderr, "[%zu/%zu] %s\n", report->done, report->total, text);
}

static void print_epoch(struct cli_progress *progress, const struct sl_progress *report)
{
    char text[160];
    if (report->elapsed - progress->last_update < epoch_line_every)
        return;
    describe_epoch(report->epoch, text, sizeof text);
    fprintf(stderr, "  %s: %s\n", report->row ? report->row : "", text);
    progress->last_update = report->elapsed;
}

void cli_progress_report(void *arg, const struct sl_progress *report)
{
    struct cli_progress *progress = arg;
    if (report->outcome)
        print_outcome(progress, report);
    if (progress->terminal) {
        int due = report->elapsed - progress->last_update >= redraw_every;
        if (due || !report->epoch)
            draw_bar(progress, report);
    } else if (report->epoch && !report->outcome)
        print_epoch(progress, report);
    fflush(stderr);
}
