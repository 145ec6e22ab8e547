/* child_group.c - several trials in one process, fitted together by one call.
 *
 * Measured: a member's times are its own and its equal share of what the group shares; the peak of memory is
 * the group's so far. */
#include "core/memory.h"
#include "measure/probe.h"
#include "study/channel.h"
#include "study/child_work.h"
#include "study/limits.h"
#include "study/outcome.h"
#include <shortlist/model.h>
#include <stdio.h>
#include <string.h>

struct group_run {
    const struct sl_work *work;
    int channel;
    struct sl_dataset *data;         /* the rows of all members; owned, as are the next three */
    struct sl_group_part *parts;     /* (n_parts): one for each of the work's rows */
    struct sl_group_member *members; /* (n) */
    uint32_t *place;                 /* (rows of the whole data set): where each stands in data */
    size_t n_parts;
    struct sl_probe probe;
    int lost; /* a record could not be sent */
    struct sl_error *err;
};

/* Row numbers of the whole data set as those of the gathered rows, which keep their order. */
static uint32_t *places(const struct group_run *run, const uint32_t *rows, size_t n)
{
    uint32_t *out = sl_alloc(n, sizeof *out);
    for (size_t i = 0; out && i < n; i++)
        out[i] = run->place[rows[i]];
    return out;
}

static int add_part(struct group_run *run, const struct sl_rows *rows)
{
    struct sl_group_part *part = &run->parts[run->n_parts++];
    part->fit = places(run, rows->fit, rows->n_fit);
    part->score = places(run, rows->score, rows->n_score);
    part->n_fit = rows->n_fit;
    part->n_score = rows->n_score;
    return part->fit && part->score ? SL_OK : sl_fail_memory(run->err);
}

/* Members with the same rows have the same part. */
static int add_member(struct group_run *run, size_t m)
{
    const struct sl_work *work = run->work;
    const struct sl_trial *trial = work->trials[m];
    size_t same = m;
    while (same > 0 && work->rows[same - 1] != work->rows[m])
        same--;
    int code = same ? SL_OK : add_part(run, work->rows[m]);
    run->members[m] = (struct sl_group_member){.config = trial->config,
                                               .part = same ? run->members[same - 1].part : run->n_parts - 1,
                                               .seed = trial->seed,
                                               .key = trial->stream};
    return code;
}

static int gather(struct group_run *run)
{
    const struct sl_work *work = run->work;
    run->place = sl_alloc(sl_dataset_view(work->data).n, sizeof *run->place);
    run->parts = sl_alloc_zero(work->n, sizeof *run->parts);
    run->members = sl_alloc(work->n, sizeof *run->members);
    if (!run->place || !run->parts || !run->members)
        return sl_fail_memory(run->err);
    for (size_t i = 0; i < work->n_all; i++)
        run->place[work->all[i]] = (uint32_t)i;
    int code = sl_dataset_take(work->data, work->all, work->n_all, &run->data, run->err);
    for (size_t m = 0; m < work->n && !code; m++)
        code = add_member(run, m);
    return code;
}

static int copy_labels(struct sl_outcome *o, const int32_t *labels)
{
    o->predicted = sl_alloc(o->n_validation, sizeof *o->predicted);
    if (!o->predicted)
        return SL_ENOMEM;
    memcpy(o->predicted, labels, o->n_validation * sizeof *labels);
    return SL_OK;
}

static int fill_outcome(struct group_run *run, const struct sl_group_result *r, struct sl_outcome *o)
{
    const struct sl_work *work = run->work;
    const struct sl_rows *rows = work->rows[r->member];
    sl_outcome_init(o);
    o->n_train = rows->n_fit;
    o->n_validation = rows->n_score;
    o->group = (int)work->n;
    o->status = sl_status_of(r->code);
    snprintf(o->reason, sizeof o->reason, "%.255s", r->code ? r->error : "");
    o->fit_runs = o->score_runs = 1;
    o->fit_time = r->fit.seconds;
    o->score_time = r->score.seconds;
    o->cpu_time = r->fit.cpu + r->score.cpu;
    sl_probe_stop(&run->probe);
    o->peak_memory = run->probe.peak_bytes;
    o->n_iter = r->report.n_iter;
    o->converged = r->report.converged;
    o->objective = r->report.objective;
    o->oob_accuracy = r->report.oob_accuracy;
    if (r->code)
        return SL_OK;
    o->model_bytes = (int64_t)r->model_bytes;
    int k = sl_dataset_view(run->data).k;
    int code = r->scores ? sl_child_take_scores(work, r->member, r->scores, k, o, run->err) : SL_OK;
    return code ? code : copy_labels(o, r->labels);
}

/* Before the outcome that it belongs to. */
static void send_curve(struct group_run *run, const struct sl_group_result *result)
{
    for (size_t i = 0; i < result->n_curve && !run->lost; i++) {
        struct sl_writer record = {0};
        sl_epoch_write(&result->curve[i], &record);
        run->lost |= sl_channel_send(run->channel, SL_RECORD_EPOCH, &record) != 0;
    }
}

static int send_member(void *arg, const struct sl_group_result *result)
{
    struct group_run *run = arg;
    struct sl_writer record = {0};
    struct sl_outcome outcome;
    int code = fill_outcome(run, result, &outcome);
    if (!code) {
        send_curve(run, result);
        sl_put_u64(&record, result->member);
        sl_put_u8(&record, 0);
        sl_outcome_write(&outcome, &record);
        run->lost |= sl_channel_send(run->channel, SL_RECORD_OUTCOME, &record) != 0;
    }
    sl_outcome_release(&outcome);
    return code ? code : run->lost ? SL_EIO : SL_OK;
}

static void fit_group(struct group_run *run, const volatile sig_atomic_t *cancel)
{
    const struct sl_work *work = run->work;
    const struct sl_group_options options = {.scaling = work->trials[0]->scaling,
                                             .encoding = work->trials[0]->encoding,
                                             .memory = (size_t)work->memory_limit,
                                             .threads = work->threads,
                                             .cancel = cancel,
                                             .done = send_member,
                                             .arg = run};
    struct sl_writer start = {0};
    sl_put_u64(&start, (uint64_t)sl_resident(0));
    if (sl_channel_send(run->channel, SL_RECORD_START, &start))
        return;
    sl_probe_start(&run->probe);
    sl_model_fit_group(work->trials[0]->type, run->data, run->parts, run->n_parts, run->members, work->n,
                       &options, run->err);
}

void sl_child_run_group(const struct sl_work *work, int channel, const volatile sig_atomic_t *cancel)
{
    struct sl_error err = {0};
    struct group_run run = {.work = work, .channel = channel, .err = &err};
    int code = gather(&run);
    if (!code)
        sl_model_warm_up(work->trials[0]->type, work->trials[0]->config, run.data, work->threads);
    if (!code && work->memory_limit > 0)
        sl_limit_memory(work->memory_limit, work->threads);
    if (!code)
        fit_group(&run, cancel);
    /* What was not sent is run again by itself, whatever the reason; the process ends with its memory. */
}
