/* states.c - where the fits of a rung leave what those of the next one go on from.
 *
 * A folder a rung, of which there are two at most, so that a search that was stopped goes on as well; names
 * of files are those that trials give them (study/child_state.c). */
#include "search/states.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/text.h"
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

int sl_states_init(struct sl_states *states, const char *out, const char *study, int used,
                   struct sl_error *err)
{
    *states = (struct sl_states){.used = used};
    if (!used)
        return SL_OK;
    states->study = sl_format("%s/%s", out ? out : "results", study);
    states->folder = states->study ? sl_format("%s/rungs", states->study) : NULL;
    return states->folder ? SL_OK : sl_fail_memory(err);
}

void sl_states_release(struct sl_states *states)
{
    free(states->study);
    free(states->folder);
    free(states->from);
    free(states->to);
}

int sl_states_begin(struct sl_states *states, int r, int is_last, struct sl_run_options *options,
                    struct sl_error *err)
{
    if (!states->used)
        return SL_OK;
    free(states->from);
    free(states->to);
    states->from = r ? sl_format("%s/%d", states->folder, r) : NULL;
    states->to = is_last ? NULL : sl_format("%s/%d", states->folder, r + 1);
    if ((r && !states->from) || (!is_last && !states->to))
        return sl_fail_memory(err);
    options->states_from = states->from;
    options->states_to = states->to;
    return is_last ? SL_OK : sl_folder_make(states->to, err);
}

/* The files in a folder, and the folder; what can not be removed stays. */
static void remove_folder(const char *folder)
{
    DIR *all = opendir(folder);
    for (struct dirent *entry; all && (entry = readdir(all));) {
        char *path = *entry->d_name == '.' ? NULL : sl_format("%s/%s", folder, entry->d_name);
        if (path)
            unlink(path);
        free(path);
    }
    if (all)
        closedir(all);
    rmdir(folder);
}

void sl_states_end(struct sl_states *states, int r)
{
    if (!states->used || !r)
        return;
    remove_folder(states->from);
    if (!states->to) {
        rmdir(states->folder);
        rmdir(states->study); /* unless models are kept there */
    }
}
