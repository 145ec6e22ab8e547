/* figures_page.c - the index of what is reproduced: one HTML page without scripts, pictures beside it. */
#include "core/file.h"
#include "core/memory.h"
#include "core/text.h"
#include <shortlist/figures.h>
#include <string.h>

static void put(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", to);
        else if (*text == '<')
            fputs("&lt;", to);
        else if (*text == '>')
            fputs("&gt;", to);
        else if (*text == '"')
            fputs("&quot;", to);
        else
            fputc(*text, to);
    }
}

static void put_line(FILE *to, const char *tag, const char *before, const char *text)
{
    fprintf(to, "<%s>%s", tag, before);
    put(to, text);
    fprintf(to, "</%s>\n", tag);
}

static const char style[] =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}"
    "img{max-width:100%;height:auto;background:#fff}"
    "pre{overflow-x:auto;font-size:.8rem;line-height:1.35;padding:.6rem;border:1px solid "
    "#8886;border-radius:4px}"
    "code{font-size:.9em}section{border-top:1px solid #8886;margin-top:2rem}";

static void put_head(FILE *to, int quick)
{
    fprintf(to,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<title>Published tables and figures, reproduced</title>\n<style>%s</style>\n</head>\n<body>\n"
            "<h1>Published tables and figures, reproduced</h1>\n",
            style);
    if (quick)
        fputs("<p>Fitted small, for a first look: fewer rows and epochs than the published protocols have, "
              "so that no "
              "number compares with a published one.</p>\n",
              to);
}

/* The place of a figure on the page. */
static void put_anchor(FILE *to, const struct sl_figure *figure)
{
    fprintf(to, "%s-%s", figure->source, figure->id);
}

static void put_contents(FILE *to, const struct sl_figure_made *made, size_t n)
{
    fputs("<nav aria-label=\"Contents\">\n", to);
    for (size_t i = 0; i < n; i++) {
        const struct sl_figure *figure = made[i].figure;
        if (i == 0 || strcmp(made[i - 1].figure->source, figure->source) != 0) {
            const struct sl_source *source = sl_source_find(figure->source, NULL);
            if (i)
                fputs("</ul>\n", to);
            put_line(to, "h2", "", source ? source->title : figure->source);
            fputs("<ul>\n", to);
        }
        fputs("<li><a href=\"#", to);
        put_anchor(to, figure);
        fputs("\">", to);
        put(to, figure->title);
        fputs(made[i].missing ? "</a> (not there)</li>\n" : "</a></li>\n", to);
    }
    fputs(n ? "</ul>\n</nav>\n" : "</nav>\n", to);
}

static void put_code(FILE *to, const char *before, const char *text)
{
    fputs("<code>", to);
    put(to, before);
    put(to, text);
    fputs("</code>", to);
}

/* The commands that make the figure. */
static void put_commands(FILE *to, const struct sl_figure_made *made, int quick)
{
    const struct sl_figure *figure = made->figure;
    const char *ending = quick ? "-quick" : "";
    if (made->command && !strstr(figure->kind, "%m")) {
        fputs("<p>Made by ", to);
        put_code(to, "", made->command);
        fputs("</p>\n", to);
        return;
    }
    fprintf(to, "<p>Made by <code>shortlist run %s%s%s</code>", figure->experiment, quick ? " --quick" : "",
            made->command ? " --save-models" : "");
    if (made->command) {
        fputs(" and ", to);
        put_code(to, "", made->command);
    }
    if (figure->form == SL_FIGURE_REPORT)
        fprintf(to, " and <code>shortlist show %s%s '%s'</code>", figure->experiment, ending, figure->row);
    if (figure->form == SL_FIGURE_PLOT) {
        fprintf(to, " and <code>shortlist plot %s%s %s", figure->experiment, ending, figure->kind);
        if (figure->row)
            fprintf(to, " --row '%s'", figure->row);
        if (figure->truth)
            fprintf(to, " --true '%s'", figure->truth);
        fputs("</code>", to);
    }
    fputs("</p>\n", to);
}

static void put_picture(FILE *to, const struct sl_figure_made *made, size_t i)
{
    fputs("<p><img src=\"", to);
    put(to, made->paths[i]);
    fputs(".svg\" alt=\"", to);
    put(to, made->figure->title);
    if (made->n_paths > 1)
        fprintf(to, ", picture %zu", i + 1);
    fputs("\"></p>\n", to);
}

/* Which published numbers are missed, and why. */
static void put_outside(FILE *to, const struct sl_figure_made *made)
{
    put_line(to, "p", "<strong>Not within our interval:</strong> ", made->outside);
    if (made->why)
        put_line(to, "p", "<strong>Why, as far as is known:</strong> ", made->why);
}

static void put_figure(FILE *to, const struct sl_figure_made *made, int quick)
{
    const struct sl_figure *figure = made->figure;
    fputs("<section id=\"", to);
    put_anchor(to, figure);
    fputs("\">\n", to);
    put_line(to, "h3", "", figure->title);
    if (figure->published)
        put_line(to, "p", "<strong>Published:</strong> ", figure->published);
    for (size_t i = 0; i < made->n_paths; i++)
        put_picture(to, made, i);
    if (made->text)
        put_line(to, "pre", "", made->text);
    if (made->outside)
        put_outside(to, made);
    if (made->missing)
        put_line(to, "p", "<strong>Not there:</strong> ", made->missing);
    if (made->from)
        put_line(to, "p", "", made->from);
    put_commands(to, made, quick);
    fputs("</section>\n", to);
}

int sl_figures_write(const struct sl_figure_made *made, size_t n, int quick, FILE *to, struct sl_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (made[i].out_of_memory)
            return sl_fail_memory(err);
    put_head(to, quick);
    put_contents(to, made, n);
    for (size_t i = 0; i < n; i++)
        put_figure(to, &made[i], quick);
    fputs("</body>\n</html>\n", to);
    return ferror(to) ? sl_fail(err, SL_EIO, "the page could not be written") : SL_OK;
}

int sl_figures_save(const struct sl_figure_made *made, size_t n, int quick, const char *path,
                    struct sl_error *err)
{
    char *page = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&page, &size);
    int code = to ? sl_figures_write(made, n, quick, to, err) : sl_fail_memory(err);
    if (to && fclose(to) && !code)
        code = sl_fail_memory(err);
    if (!code)
        code = sl_file_write(path, page, size, err);
    free(page);
    return code;
}
