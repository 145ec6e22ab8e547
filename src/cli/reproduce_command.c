/* reproduce_command.c - figures of shortlist reproduce that a command of this program makes: embeddings,
 * explanations, robustness.
 *
 * The command runs in a process of its own.  Its words are the table's, in which %d stands for the study's
 * data, %m for the folder of its models, %p for that of the figure's pictures.  There what it printed stays,
 * too (printed.txt), so that it is not run again while no model is younger.  What is kept with the program is
 * shown beside a text of another name, which stands for no run. */
#include "reproduce.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 40, WORD = 2 * CLI_REPRODUCE_PATH };

extern char **environ;

struct command {
    char models[CLI_REPRODUCE_PATH], pictures[CLI_REPRODUCE_PATH]; /* folders */
    const char *data;
    int n;
    char *words[WORDS_MAX + 1]; /* (n), then NULL; the first is the program's name; owned */
};

int cli_figure_wants_model(const struct sl_figure *figure)
{
    return figure->form == SL_FIGURE_COMMAND && strstr(figure->kind, "%m") != NULL;
}

/* Words ------------------------------------------------------------------------------------------------*/

/* What a letter behind % stands for. */
static const char *meaning(const struct command *command, char letter)
{
    return letter == 'm' ? command->models : letter == 'p' ? command->pictures : command->data;
}

/* The word at *at, without quotes, the study's own in its places; *at behind it. */
static char *take_word(const struct command *command, const char **at)
{
    char word[WORD] = "";
    size_t n = 0;
    const char quote = **at == '\'' ? *(*at)++ : ' ';
    for (; **at && **at != quote && n + CLI_REPRODUCE_PATH < sizeof word; (*at)++)
        if (**at == '%')
            n += (size_t)snprintf(word + n, sizeof word - n, "%.599s", meaning(command, *++*at));
        else
            word[n++] = **at;
    *at += **at && quote != ' ';
    word[n] = 0;
    return cli_copy(word);
}

/* -1 when out of memory. */
static int read_words(struct command *command, const char *line)
{
    command->words[command->n++] = cli_copy("shortlist");
    while (*(line += strspn(line, " ")) && command->n < WORDS_MAX)
        command->words[command->n++] = take_word(command, &line);
    for (int i = 0; i < command->n; i++)
        if (!command->words[i])
            return -1;
    return 0;
}

static void release(struct command *command)
{
    for (int i = 0; i < command->n; i++)
        free(command->words[i]);
}

/* As one types it. */
static char *command_line(const struct command *command)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    for (int i = 0; i < command->n && to; i++) {
        const char *word = command->words[i];
        const int plain = *word && !word[strcspn(word, " '\"\\$&|;<>()*?[]#~`!{}\t\n")];
        fprintf(to, plain ? "%s%s" : "%s'%s'", i ? " " : "", word);
    }
    if (!to || fclose(to)) {
        free(text);
        cli_miss_text();
        return NULL;
    }
    return text;
}

/* Running ----------------------------------------------------------------------------------------------*/

/* -1 when there is none. */
static time_t changed(const char *path)
{
    struct stat about;
    return stat(path, &about) ? -1 : about.st_mtime;
}

/* Does an earlier run's text still hold, and are the models there that the command names? */
static int is_done(const struct command *command, const char *printed, const char **absent)
{
    const time_t done = changed(printed);
    int holds = done >= 0;
    *absent = NULL;
    for (int i = 0; i < command->n; i++) {
        const char *word = command->words[i];
        if (strncmp(word, command->models, strlen(command->models)) != 0)
            continue;
        const time_t saved = changed(word);
        if (saved < 0)
            *absent = word;
        holds &= saved < 0 || saved <= done;
    }
    return holds;
}

/* The status of a process with these words, its output going to a file and what it says to another; -1 where
 * it could not be started. */
static int spawn(char **words, const char *output, int messages)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status, failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return -1;
    failed = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC,
                                              0666) ||
             posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO) ||
             posix_spawn(&pid, "/proc/self/exe", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return -1;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The last line of what it said, without its name: that is what stopped it. */
static char *last_line(FILE *messages)
{
    static const char program[] = "shortlist";
    char *line = NULL, *last = NULL;
    size_t room = 0;
    rewind(messages);
    for (ssize_t n; (n = getline(&line, &room, messages)) > 0;) {
        const char *colon = strncmp(line, program, sizeof program - 1) == 0 ? strstr(line, ": ") : NULL;
        line[n - (line[n - 1] == '\n')] = 0;
        free(last);
        last = cli_copy(colon ? colon + 2 : line);
    }
    free(line);
    return last;
}

/* Of the text of a command what is not a path of what it made, which the page shows; NULL where it can't be
 * read. */
static char *shown_lines(const struct command *command, const char *part)
{
    const size_t n = strlen(command->pictures);
    char *line = NULL, *text = NULL;
    size_t room = 0, size;
    FILE *from = fopen(part, "r"), *to = from ? open_memstream(&text, &size) : NULL;
    while (to && getline(&line, &room, from) > 0)
        if (strncmp(line, command->pictures, n) != 0 || line[n] != '/')
            fputs(line, to);
    free(line);
    int failed = !to || ferror(from);
    failed |= to && fclose(to);
    if (from)
        fclose(from);
    if (failed) {
        free(text);
        text = NULL;
    }
    return text;
}

/* Puts those lines in the place of all, and gives the file its name: it never holds half of them.  0, or -1.
 */
static int keep_text(const struct command *command, const char *part, const char *printed)
{
    char *text = shown_lines(command, part);
    FILE *to = text ? fopen(part, "w") : NULL;
    int failed = !to || fputs(text, to) < 0;
    failed |= to && fclose(to);
    free(text);
    return failed || rename(part, printed) ? -1 : 0;
}

/* Runs it; its text gets its name when the command has ended well.  Why there is none, for the caller to
 * free; NULL: there is one. */
static char *run(const struct command *command, const char *printed)
{
    char part[CLI_REPRODUCE_PATH + 32];
    FILE *messages = tmpfile();
    snprintf(part, sizeof part, "%s.part", printed);
    const int status = messages ? spawn((char **)command->words, part, fileno(messages)) : -1;
    char *why = status ? messages ? last_line(messages) : NULL : NULL;
    if (messages)
        fclose(messages);
    const int kept = !status && keep_text(command, part, printed) == 0;
    unlink(part);
    return kept ? NULL : why ? why : cli_copy("the command could not be run");
}

/* What it made -----------------------------------------------------------------------------------------*/

static int is_picture(const struct dirent *entry)
{
    const size_t n = strlen(entry->d_name);
    return n > 4 && strcmp(entry->d_name + n - 4, ".svg") == 0;
}

/* Pictures of the folder, by their names. */
static void add_pictures(const char *folder, const char *name, struct sl_figure_made *made)
{
    struct dirent **entries;
    const int n = scandir(folder, &entries, is_picture, alphasort);
    for (int i = 0; i < n; i++) {
        char path[CLI_REPRODUCE_PATH];
        const int stem = (int)strlen(entries[i]->d_name) - 4;
        if (snprintf(path, sizeof path, "%s/%.*s", name, stem, entries[i]->d_name) < (int)sizeof path)
            sl_figure_made_add(made, path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

static char *read_text(const char *path)
{
    char *text = NULL;
    size_t size, n;
    char block[4096];
    FILE *from = fopen(path, "r"), *to = from ? open_memstream(&text, &size) : NULL;
    while (to && (n = fread(block, 1, sizeof block, from)) > 0)
        fwrite(block, 1, n, to);
    int failed = !to || (from && ferror(from));
    failed |= to && fclose(to);
    if (from)
        fclose(from);
    if (failed) {
        free(text);
        text = NULL;
    }
    return text;
}

static void show(const struct command *command, const char *name, const char *text_file,
                 struct sl_figure_made *made)
{
    made->text = read_text(text_file);
    if (!made->text)
        made->missing = cli_copy("its text could not be read");
    add_pictures(command->pictures, name, made);
}

/* Copies what is kept with the program beside the page, and shows it; why not, where it can't. */
static char *show_kept(const struct cli_making *making, const struct command *command, const char *name,
                       const char *absent, struct sl_figure_made *made)
{
    char text[CLI_REPRODUCE_PATH + 16];
    struct sl_error err = {0};
    const int code = making->quick ? SL_EUSAGE : sl_figures_kept_pictures(name, command->pictures, &err);
    if (code == SL_EUSAGE)
        return cli_copy(absent ? "it needs the model, which --quick or --full fits and keeps"
                               : "its command is run by --quick or --full");
    if (code)
        return cli_copy(err.text);
    made->from = cli_copy("Kept with the program.");
    snprintf(text, sizeof text, "%s/kept.txt", command->pictures);
    show(command, name, text, made);
    return NULL;
}

static void make(const struct cli_making *making, struct command *command, const char *name,
                 struct sl_figure_made *made)
{
    char printed[CLI_REPRODUCE_PATH + 16];
    const char *absent;
    snprintf(printed, sizeof printed, "%s/printed.txt", command->pictures);
    const int done = is_done(command, printed, &absent);
    if (!done && (absent || !making->fits)) {
        char *why = show_kept(making, command, name, absent, made);
        if (why)
            made->missing = why;
        return;
    }
    if (!done)
        made->missing = mkdir(command->pictures, 0777) && errno != EEXIST ? cli_copy(strerror(errno))
                                                                          : run(command, printed);
    if (!made->missing)
        show(command, name, printed, made);
}

void cli_make_by_command(struct cli_making *making, const struct sl_figure *figure,
                         struct sl_figure_made *made)
{
    const struct sl_study *study = making->study.study;
    struct command command = {.data = study ? study->data : "fashion-mnist"};
    char name[CLI_REPRODUCE_PATH / 4];
    snprintf(name, sizeof name, "%s-%s", figure->source, figure->id);
    snprintf(command.models, sizeof command.models, "%.300s/%.200s/models", cli_out(making->args),
             making->name);
    snprintf(command.pictures, sizeof command.pictures, "%s/%s", making->folder, name);
    if (read_words(&command, figure->kind))
        cli_miss_text();
    else {
        made->command = command_line(&command);
        make(making, &command, name, made);
    }
    release(&command);
}
