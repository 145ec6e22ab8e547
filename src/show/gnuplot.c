/* gnuplot.c - writes a picture's data and script and runs gnuplot on them, as a child without a shell.
 *
 * The script is self-contained: settings (generated), then plots/style.gp and plots/KIND.gp.  No user's
 * text is ever code in it: texts are single-quoted strings, in which gnuplot expands nothing, or fields of
 * the data file, and the terminals are set to noenhanced. */
#include "core/file.h"
#include "core/memory.h"
#include "core/resource.h"
#include "show/plot.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int add_template(struct sl_string *script, const char *kind, struct sl_error *err)
{
    unsigned char *text = NULL;
    size_t size;
    char *name = sl_format("plots/%s.gp", kind);
    char *path = name ? sl_resource_find(name) : NULL;
    int no_memory = !name || (!path && errno == ENOMEM);
    int code = no_memory ? sl_fail_memory(err)
               : path    ? sl_file_read(path, &text, &size, err)
                         : sl_fail(err, SL_EIO,
                                   "the template %s is not where the program looks for its files "
                                      "($SHORTLIST_HOME, share/shortlist beside it)",
                                   name);
    if (!code)
        sl_string_add(script, "\n%s", (const char *)text);
    free(text);
    free(path);
    free(name);
    return code;
}

static int make_script(const struct sl_picture *picture, const char *kind, const char *stem,
                       struct sl_string *script, struct sl_error *err)
{
    sl_string_add(script,
                  "# %s.gp - draws %s.svg and %s.png from %s.dat:  gnuplot %s.gp\n\n"
                  "name = '%s'\nwidth = %d\nheight = %d\n%s",
                  stem, stem, stem, stem, stem, stem, picture->width, picture->height,
                  picture->settings.text ? picture->settings.text : "");
    int code = add_template(script, "style", err);
    if (!code)
        code = add_template(script, kind, err);
    if (!code && script->failed)
        code = sl_fail_memory(err);
    return code;
}

static int write_files(const struct sl_picture *picture, const char *kind, const char *folder,
                       const char *stem, struct sl_error *err)
{
    struct sl_string script = {0};
    char *dat = sl_format("%s/%s.dat", folder, stem), *gp = sl_format("%s/%s.gp", folder, stem);
    int code = dat && gp ? make_script(picture, kind, stem, &script, err) : sl_fail_memory(err);
    if (!code)
        code = sl_file_write(dat, picture->data.text ? picture->data.text : "", picture->data.size, err);
    if (!code)
        code = sl_file_write(gp, script.text, script.size, err);
    sl_string_release(&script);
    free(dat);
    free(gp);
    return code;
}

/* Starts gnuplot in folder, its output and errors going to the write end of a pipe. */
static int start(const char *folder, const char *script, int to, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    char *argv[] = {"gnuplot", "-d", (char *)script, NULL}; /* -d: without the user's own settings */
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_adddup2(&actions, to, STDERR_FILENO);
    if (!failed)
        failed = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (!failed)
        failed = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Keeps the first line that says something; reads on to the end, so that gnuplot never blocks. */
static void read_complaint(int from, char *line, size_t size)
{
    char buf[512];
    size_t used = 0;
    ssize_t n;
    while ((n = read(from, buf, sizeof buf)) > 0 || (n < 0 && errno == EINTR))
        for (ssize_t i = 0; i < n; i++)
            if (used + 1 < size && !(used == 0 && strchr(" \n^", buf[i])))
                line[used++] = buf[i] == '\n' ? ' ' : buf[i];
    line[used] = 0;
}

static int run(const char *folder, const char *stem, struct sl_error *err)
{
    int ends[2], status;
    char complaint[300] = "", script[256];
    pid_t pid;
    snprintf(script, sizeof script, "%s.gp", stem);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return sl_fail(err, SL_EIO, "gnuplot could not be started: %s", strerror(errno));
    int failed = start(folder, script, ends[1], &pid);
    close(ends[1]);
    if (!failed)
        read_complaint(ends[0], complaint, sizeof complaint);
    close(ends[0]);
    if (failed == ENOENT)
        return sl_fail(err, SL_EIO,
                       "gnuplot is not installed (Debian: apt install gnuplot-nox); data and script "
                       "are %s/%s.dat and %s",
                       folder, stem, script);
    if (failed)
        return sl_fail(err, SL_EIO, "gnuplot could not be started: %s", strerror(failed));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return sl_fail(err, SL_EIO, "gnuplot's end was missed: %s", strerror(errno));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return sl_fail(err, SL_EIO, "gnuplot failed on %s/%s: %s", folder, script, complaint);
    return SL_OK;
}

int sl_picture_draw(const struct sl_picture *picture, const char *kind, const char *folder, const char *stem,
                    struct sl_error *err)
{
    int code = write_files(picture, kind, folder, stem, err);
    return code ? code : run(folder, stem, err);
}
