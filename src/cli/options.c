/* options.c - command lines: one table of options for parsing and for --help. */
#include "cli.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option help_option = {"help", 'h', NULL, "show this help"};

static const struct cli_option *find_long(const struct cli_command *command, const char *name, size_t n)
{
    for (const struct cli_option *o = command->options; o->name; o++)
        if (strlen(o->name) == n && strncmp(o->name, name, n) == 0)
            return o;
    return n == 4 && strncmp(name, "help", 4) == 0 ? &help_option : NULL;
}

static const struct cli_option *find_letter(const struct cli_command *command, char letter)
{
    for (const struct cli_option *o = command->options; o->name; o++)
        if (o->letter == letter)
            return o;
    return letter == 'h' ? &help_option : NULL;
}

static int fail_unknown(const struct cli_command *command, const char *text)
{
    enum { MOST = 64 };
    char word[64], dashed[MOST][32];
    const char *names[MOST];
    size_t n = 0;
    for (const struct cli_option *o = command->options; o->name && n < MOST; o++, n++) {
        snprintf(dashed[n], sizeof dashed[n], "--%s", o->name);
        names[n] = dashed[n];
    }
    const char *start = text + strspn(text, "-");
    snprintf(word, sizeof word, "--%.*s", (int)strcspn(start, "="), start);
    n = strlen(word) > 3 ? n : 0; /* one letter is near to everything */
    return cli_usage(command, "there is no option %.60s%s", text, sl_did_you_mean(word, names, n).text);
}

static int add_given(struct cli_args *args, const struct cli_option *option, const char *value)
{
    struct cli_given *given = realloc(args->given, (args->n_given + 1) * sizeof *given);
    if (!given)
        return cli_fail_memory();
    args->given = given;
    given[args->n_given++] = (struct cli_given){option, value};
    return 0;
}

static int add_word(struct cli_args *args, const char *word)
{
    const char **words = realloc(args->word, (size_t)(args->n + 1) * sizeof *words);
    if (!words)
        return cli_fail_memory();
    args->word = words;
    words[args->n++] = word;
    return 0;
}

/* One option, at argv[*i]; its value may be the next argument. */
static int parse_option(struct cli_args *args, int argc, char **argv, int *i)
{
    const struct cli_command *command = args->command;
    const char *text = argv[*i], *value = NULL;
    const struct cli_option *option;
    if (text[1] == '-') {
        size_t n = strcspn(text + 2, "=");
        option = find_long(command, text + 2, n);
        value = text[2 + n] == '=' ? text + 3 + n : NULL;
    } else {
        option = find_letter(command, text[1]);
        value = text[2] ? text + 2 : NULL;
    }
    if (!option)
        return fail_unknown(command, text);
    if (!option->argument && value)
        return cli_usage(command, "--%s takes no value", option->name);
    if (option->argument && !value && *i + 1 == argc)
        return cli_usage(command, "--%s needs a value: %s", option->name, option->argument);
    if (option->argument && !value)
        value = argv[++*i];
    if (option->argument && !*value) /* of a shell's variable that is not set, most likely */
        return cli_usage(command, "--%s: an empty value; it takes %s", option->name, option->argument);
    return add_given(args, option, value ? value : "");
}

static int check_count(const struct cli_args *args)
{
    const struct cli_command *command = args->command;
    if (args->n < command->least)
        return cli_usage(command, "it needs %s", command->synopsis);
    if (command->most >= 0 && args->n > command->most)
        return cli_usage(command, "'%.80s' is one argument too many: it takes %s", args->word[command->most],
                         command->synopsis);
    return 0;
}

int cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_args *args)
{
    int status = 0, words_only = 0;
    *args = (struct cli_args){.command = command};
    for (int i = 1; i < argc && !status; i++) {
        if (!words_only && strcmp(argv[i], "--") == 0)
            words_only = 1;
        else if (!words_only && argv[i][0] == '-' && argv[i][1])
            status = parse_option(args, argc, argv, &i);
        else
            status = add_word(args, argv[i]);
    }
    return status || cli_has(args, "help") ? status : check_count(args);
}

void cli_args_release(struct cli_args *args)
{
    free(args->word);
    free(args->given);
    *args = (struct cli_args){0};
}

const char *cli_value(const struct cli_args *args, const char *option)
{
    for (size_t i = args->n_given; i > 0; i--)
        if (strcmp(args->given[i - 1].option->name, option) == 0)
            return args->given[i - 1].value;
    return NULL;
}

int cli_has(const struct cli_args *args, const char *option)
{
    return cli_value(args, option) != NULL;
}

int cli_whole(const struct cli_args *args, const char *option, long min, long max, long *value)
{
    const char *text = cli_value(args, option);
    long parsed;
    if (!text)
        return 0;
    if (sl_parse_long(text, &parsed) || parsed < min || parsed > max)
        return cli_usage(args->command,
                         "--%s: '%.40s' is not allowed: it takes a whole number from %ld to %ld", option,
                         text, min, max);
    *value = parsed;
    return 0;
}

/* A number with a unit from a table; -1 on junk. */
static double with_unit(const char *text, const char *const *units, const double *factors, int n)
{
    size_t digits = strspn(text, "0123456789.");
    char number[32];
    double value;
    if (digits == 0 || digits >= sizeof number)
        return -1;
    memcpy(number, text, digits);
    number[digits] = 0;
    if (sl_parse_real(number, &value))
        return -1;
    for (int i = 0; i < n; i++)
        if (strcmp(text + digits, units[i]) == 0)
            return value * factors[i];
    return -1;
}

int cli_seconds(const struct cli_args *args, const char *option, double *value)
{
    static const char *const units[] = {"", "s", "m", "min", "h"};
    static const double factors[] = {1, 1, 60, 60, 3600};
    const char *text = cli_value(args, option);
    double parsed = text ? with_unit(text, units, factors, 5) : 0;
    if (text && !(parsed > 0))
        return cli_usage(args->command, "--%s: '%.40s' is not a time: write 90, 90s, 10m or 1h", option,
                         text);
    *value = text ? parsed : *value;
    return 0;
}

int cli_bytes(const struct cli_args *args, const char *option, int64_t *value)
{
    static const char *const units[] = {"", "K", "M", "G", "KiB", "MiB", "GiB"};
    static const double factors[] = {1, 1024, 1048576, 1073741824, 1024, 1048576, 1073741824};
    const char *text = cli_value(args, option);
    double parsed = text ? with_unit(text, units, factors, 7) : 0;
    if (text && !(parsed >= 1 && parsed < 9e18))
        return cli_usage(args->command, "--%s: '%.40s' is not a size: write 512M or 4G", option, text);
    *value = text ? (int64_t)parsed : *value;
    return 0;
}

int cli_format(const struct cli_args *args, enum sl_output_format *format, const char **columns)
{
    const char *text = cli_value(args, "format");
    struct sl_error err;
    if (text && sl_output_format_parse(text, format, &err))
        return cli_reject(args->command, "--format: ", &err);
    *columns = cli_value(args, "show-columns");
    if (sl_columns_check(*columns, *format, &err))
        return cli_reject(args->command, "--show-columns: ", &err);
    return cli_omit_warnings(args, NULL);
}

int cli_omit_warnings(const struct cli_args *args, struct sl_warnings *warnings)
{
    struct sl_warnings none = {0};
    struct sl_error err;
    for (size_t i = 0; i < args->n_given; i++)
        if (strcmp(args->given[i].option->name, "no-warn") == 0 &&
            sl_warnings_omit(warnings ? warnings : &none, args->given[i].value, &err))
            return cli_reject(args->command, "--no-warn: ", &err);
    return 0;
}

int cli_read_options(const struct cli_args *args, struct sl_read_options *read)
{
    const char *header = cli_value(args, "header");
    *read = (struct sl_read_options){.label = cli_value(args, "label"),
                                     .drop = cli_value(args, "drop"),
                                     .columns = cli_value(args, "columns"),
                                     .id = cli_value(args, "id"),
                                     .format = cli_value(args, "data-format"),
                                     .storage = cli_value(args, "storage"),
                                     .labels = cli_value(args, "labels"),
                                     .delimiter = cli_value(args, "delimiter"),
                                     .decimal = cli_value(args, "decimal"),
                                     .label_numeric = cli_has(args, "label-numeric")};
    if (!header || strcmp(header, "auto") == 0)
        return EXIT_DONE;
    if (strcmp(header, "yes") != 0 && strcmp(header, "no") != 0)
        return cli_usage(args->command, "--header: '%.40s' is not allowed: it takes yes, no or auto", header);
    read->header = strcmp(header, "yes") == 0 ? 1 : -1;
    return EXIT_DONE;
}

int cli_encoding_options(const struct cli_args *args, struct sl_read_options *read)
{
    const char *missing = cli_value(args, "missing"), *categories = cli_value(args, "categories");
    const char *least = cli_value(args, "min-frequency");
    struct sl_error err = {0};
    read->categorical = cli_value(args, "categorical");
    read->groups = cli_value(args, "groups");
    read->weights = cli_value(args, "weights");
    read->encoding.indicators = cli_has(args, "missing-indicators");
    if ((missing && sl_missing_parse(missing, &read->encoding, &err)) ||
        (categories && sl_categories_parse(categories, &read->encoding.categories, &err)))
        return cli_reject(args->command, "--", &err);
    if (least && (sl_parse_real(least, &read->encoding.min_frequency) || read->encoding.min_frequency < 0))
        return cli_usage(args->command,
                         "--min-frequency: '%.40s' is not allowed: it takes a number from 0 on", least);
    if (sl_encoding_check(&read->encoding, &err))
        return cli_reject(args->command, "", &err);
    return EXIT_DONE;
}

/* Help ---------------------------------------------------------------------------------------------- */

/* All columns of a table, as lines of help. */
static void print_columns(void)
{
    enum { WIDTH = 70 };
    size_t used = 0;
    const char *name;
    for (size_t i = 0; (name = sl_column_name(i)); i++) {
        const char *comma = sl_column_name(i + 1) ? "," : "";
        size_t length = strlen(name) + strlen(comma);
        if (i == 0 || used + 1 + length > WIDTH) {
            printf("%s%-28s  ", i ? "\n" : "", "");
            used = 0;
        }
        printf("%s%s%s", used ? " " : "", name, comma);
        used += (used > 0) + length;
    }
    putchar('\n');
}

/* What each metric means, a line each. */
static void print_metrics(void)
{
    for (int id = 0; id < SL_N_MEASURES; id++)
        if (sl_measure_types[id].metric != SL_METRIC_NOT)
            printf("%-28s    %-18s %s\n", "", sl_measure_types[id].name, sl_measure_types[id].help);
}

/* The kinds of plots: what each shows, broken at a blank. */
static void print_plots(void)
{
    enum { WIDTH = 72 };
    const struct sl_plot_kind *kind;
    for (size_t i = 0; (kind = sl_plot_at(i)); i++) {
        const char *left = kind->name, *rest = kind->help;
        while (strlen(rest) > WIDTH) {
            size_t cut = WIDTH;
            while (cut && rest[cut] != ' ')
                cut--;
            printf("  %-21s  %.*s\n", left, (int)cut, rest);
            rest += cut + 1;
            left = "";
        }
        printf("  %-21s  %s\n", left, rest);
    }
}

/* A line % of it is the kinds of plots. */
static void print_description(const char *text)
{
    for (const char *line = text, *end; line; line = *end ? end + 1 : NULL) {
        end = strchrnul(line, '\n');
        if (end - line == 1 && *line == '%')
            print_plots();
        else
            printf("%.*s\n", (int)(end - line), line);
    }
}

/* The methods of explaining, a line each. */
static void print_methods(void)
{
    for (size_t i = 0; i < sl_explain_method_count(); i++)
        printf("%-28s    %-20s  %s\n", "", sl_explain_method_at(i)->name, sl_explain_method_at(i)->needs);
}

static void print_option(const struct cli_option *option)
{
    char left[64];
    char letter[8] = "    ";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(left, sizeof left, "  %s--%s%s%s", letter, option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    for (const char *line = option->help, *end; line; line = *end ? end + 1 : NULL) {
        end = strchrnul(line, '\n');
        if (end - line == 1 && *line == '%')
            print_columns();
        else if (end - line == 1 && *line == '@')
            print_metrics();
        else if (end - line == 1 && *line == '#')
            print_methods();
        else
            printf("%-28s  %.*s\n", line == option->help ? left : "", (int)(end - line), line);
    }
}

void cli_print_help(const struct cli_command *command)
{
    printf("usage: shortlist %s %s%s[OPTION...]\n\n", command->name, command->synopsis,
           *command->synopsis ? " " : "");
    print_description(command->description);
    printf("\noptions:\n");
    for (const struct cli_option *o = command->options; o->name; o++)
        print_option(o);
    print_option(&help_option);
    printf("\nexamples:\n%s", command->examples);
}
