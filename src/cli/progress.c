/* progress.c - how far a run has come, on stderr: a bar that is redrawn on a terminal, a line for each
 * trial (and now and then for an epoch) elsewhere. */
#include "cli.h"
#include <math.h>
#include <stdarg.h>
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
    char fit[24], score[24], scored[40] = "", correct[32] = "";
    print_seconds(o->fit_time, fit, sizeof fit);
    print_seconds(o->score_time, score, sizeof score);
    if (!isnan(o->score_time))
        snprintf(scored, sizeof scored, ", score %s s", score);
    if (!isnan(share))
        snprintf(correct, sizeof correct, "accuracy %.4f, ", share);
    if (o->status != SL_TRIAL_OK)
        snprintf(buf, size, "%s: %s%s%s", report->row, sl_trial_status_name(o->status),
                 *o->reason ? ": " : "", o->reason);
    else
        snprintf(buf, size, "%s: %sfit %s s%s", report->row, correct, fit, scored);
}

struct text {
    char *buf;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text->buf + text->used, text->size - text->used, format, args);
    va_end(args);
    size_t room = text->size - text->used - 1;
    text->used += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room;
}

/* ", loss 0.412 (validation 0.455)": of the two what was measured. */
static void describe_pair(const char *name, const char *format, double train, double validation,
                          struct text *text)
{
    char numbers[2][24];
    snprintf(numbers[0], sizeof *numbers, format, train);
    snprintf(numbers[1], sizeof *numbers, format, validation);
    if (!isnan(train) && !isnan(validation))
        add(text, ", %s %s (validation %s)", name, numbers[0], numbers[1]);
    else if (!isnan(train) || !isnan(validation))
        add(text, ", %s%s %s", isnan(train) ? "validation " : "", name, numbers[isnan(train)]);
}

/* "epoch 3/50, loss 0.412 (validation 0.455), accuracy 0.8512 (validation 0.8410)" */
static void describe_epoch(const struct sl_epoch *epoch, char *buf, size_t size)
{
    struct text text = {buf, size, 0};
    add(&text, "epoch %d", epoch->epoch);
    if (epoch->epochs)
        add(&text, "/%d", epoch->epochs);
    describe_pair("loss", "%.4g", epoch->train_loss, epoch->validation_loss, &text);
    describe_pair("accuracy", "%.4f", epoch->train_accuracy, epoch->validation_accuracy, &text);
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
    char bar[BAR + 1], eta[40] = "", epoch[160] = "", line[LINE_MAX_WIDTH + 400];
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
    char *visible = sl_visible(line);
    if (visible)
        fwrite(visible, 1, sl_text_bytes(visible, (size_t)width), stderr);
    free(visible);
    progress->drawn = 1;
    progress->last_update = report->elapsed;
}

static void print_outcome(struct cli_progress *progress, const struct sl_progress *report)
{
    char text[600];
    describe_outcome(report, text, sizeof text);
    clear_line(progress);
    cli_line(stderr, "[%zu/%zu] %s", report->done, report->total, text);
}

static void print_epoch(struct cli_progress *progress, const struct sl_progress *report)
{
    char text[160];
    char left[40] = "", time[24];
    if (report->elapsed - progress->last_update < epoch_line_every)
        return;
    describe_epoch(report->epoch, text, sizeof text);
    if (!isnan(report->eta)) {
        print_duration(report->eta, time, sizeof time);
        snprintf(left, sizeof left, ", %s left", time);
    }
    cli_line(stderr, "  %s: %s%s", report->row ? report->row : "", text, left);
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
