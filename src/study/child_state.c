/* child_state.c - what a trial's process keeps of a fit for a trial of more epochs, in a file.
 *
 * Named by the trial's stream, which trials that differ in nothing but their epochs share.  The file holds
 * the version that wrote it, the stream, the time that was spent, and the classifier's record, with a hash of
 * all: a file that is not whole, or another's, is as good as none.  It is written at once, and without
 * waiting for the disk. */
#include "study/child_state.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/memory.h"
#include "core/text.h"
#include <shortlist/version.h>
#include <string.h>
#include <sys/statvfs.h>

static const char magic[] = "shortlist state 1";
static const double most_of_disk = 0.01; /* of what is free: what is kept must not fill a disk */

/* A trial whose stream knows its epochs shares it with none of fewer. */
int sl_child_state_name(struct sl_work *work, const char *from, const char *to)
{
    const struct sl_trial *t = work->trials[0];
    if (!(t->type->flags & SL_SHARES_STREAM) || (t->type->trains_apart && t->type->trains_apart(t->config)))
        return SL_OK;
    if (from)
        work->state_from = sl_format("%s/%s.state", from, t->stream);
    if (to)
        work->state_to = sl_format("%s/%s.state", to, t->stream);
    return (from && !work->state_from) || (to && !work->state_to) ? SL_ENOMEM : SL_OK;
}

/* Reads a text; is it this one? */
static int is_text(struct sl_reader *r, const char *text)
{
    char *found = sl_get_text(r);
    const int same = found && strcmp(found, text) == 0;
    free(found);
    return same;
}

static uint64_t hash_of(const void *head, size_t n_head, const void *body, size_t n_body)
{
    return sl_hash64(body, n_body, sl_hash64(head, n_head, 0));
}

void sl_child_state_read(const struct sl_work *work, struct sl_child_state *state)
{
    struct sl_error unread;
    struct sl_reader r = {0};
    *state = (struct sl_child_state){.fit.kept = work->state_to ? &state->kept : NULL};
    if (!work->state_from || sl_file_read(work->state_from, &state->file, &r.size, &unread))
        return;
    r.bytes = state->file;
    if (!is_text(&r, magic) || !is_text(&r, sl_version()) || !is_text(&r, work->trials[0]->stream))
        return;
    const double seconds = sl_get_f64(&r), cpu = sl_get_f64(&r);
    const size_t head = r.at;
    const uint64_t hash = sl_get_u64(&r);
    if (r.failed || hash != hash_of(r.bytes, head, r.bytes + r.at, r.size - r.at))
        return;
    state->earlier = (struct sl_spent){seconds, cpu};
    state->fit.bytes = r.bytes + r.at;
    state->fit.size = r.size - r.at;
}

static int has_room(const char *path, size_t size)
{
    struct statvfs disk;
    char *folder = sl_alloc(strlen(path) + 1, 1);
    if (!folder)
        return 0;
    strcpy(folder, path);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = 0;
    const int known = statvfs(slash ? folder : ".", &disk) == 0;
    free(folder);
    return known && (double)size <= most_of_disk * (double)disk.f_bavail * (double)disk.f_frsize;
}

void sl_child_state_write(const struct sl_work *work, const struct sl_child_state *state,
                          struct sl_spent spent)
{
    struct sl_writer w = {0};
    struct sl_error unread;
    const struct sl_writer *kept = &state->kept;
    if (!work->state_to || kept->failed || !kept->size || !has_room(work->state_to, kept->size))
        return;
    sl_put_text(&w, magic);
    sl_put_text(&w, sl_version());
    sl_put_text(&w, work->trials[0]->stream);
    sl_put_f64(&w, spent.seconds);
    sl_put_f64(&w, spent.cpu);
    if (!w.failed)
        sl_put_u64(&w, hash_of(w.bytes, w.size, kept->bytes, kept->size));
    const struct sl_file_part parts[] = {{w.bytes, w.size}, {kept->bytes, kept->size}};
    if (!w.failed)
        sl_file_put(work->state_to, parts, 2, &unread);
    sl_writer_release(&w);
}

void sl_child_state_release(struct sl_child_state *state)
{
    sl_writer_release(&state->kept);
    free(state->file);
    *state = (struct sl_child_state){0};
}
