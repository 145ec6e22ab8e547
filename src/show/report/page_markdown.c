/* page_markdown.c - a report in Markdown; pictures stay in their files. */
#include "core/memory.h"
#include "show/report/page.h"
#include <string.h>

static void line(struct sl_page *page, const char *before, const char *text)
{
    fputs(before, page->body);
    sl_markdown_line(text, page->body);
    fputs("\n\n", page->body);
}

static void section(struct sl_page *page, const struct sl_section *section)
{
    line(page, "## ", section->title);
}

static void heading(struct sl_page *page, const char *text)
{
    line(page, "### ", text);
}

static void text(struct sl_page *page, const char *text, int strong)
{
    if (!strong) {
        line(page, "", text);
        return;
    }
    line(page, "> ", text);
}

/* Indented code: no characters end it. */
static void code(struct sl_page *page, const char *text)
{
    fprintf(page->body, "    %s\n\n", text);
}

static void items(struct sl_page *page, char *const *texts, size_t n, int numbered)
{
    for (size_t i = 0; i < n; i++) {
        if (numbered)
            fprintf(page->body, "%zu. ", i + 1);
        else
            fputs("- ", page->body);
        sl_markdown_line(texts[i], page->body);
        fputc('\n', page->body);
    }
    fputc('\n', page->body);
}

/* The table alone: what stands around it are texts of their own. */
static void table(struct sl_page *page, const struct sl_grid *grid, const struct sl_html_look *look)
{
    struct sl_grid bare = *grid;
    bare.above.n = bare.below.n = 0;
    bare.verdict = NULL;
    if (look->caption) {
        sl_markdown_line(look->caption, page->body);
        fputs("\n\n", page->body);
    }
    page->failed |= sl_grid_markdown(&bare, page->body) != SL_OK;
    fputc('\n', page->body);
}

/* An address in a link: what is not plain becomes %XX. */
static void write_address(const char *path, FILE *to)
{
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("/._-", c))
            fputc(c, to);
        else
            fprintf(to, "%%%02X", c);
    }
}

static int picture(struct sl_page *page, const char *path, const char *alt)
{
    size_t n = page->folder ? strlen(page->folder) : 0;
    if (n && strncmp(path, page->folder, n) == 0 && path[n] == '/')
        path += n + 1;
    fputs("![", page->body);
    sl_markdown_text(alt, page->body);
    fputs("](", page->body);
    write_address(path, page->body);
    fputs(".svg)\n\n", page->body);
    return 0;
}

static int finish(struct sl_page *page, FILE *to, struct sl_error *err)
{
    char *title = sl_visible(page->title);
    if (!title)
        return sl_fail_memory(err);
    fputs("# ", to);
    sl_markdown_line(title, to);
    fputs("\n\n", to);
    fwrite(page->text, 1, page->size, to);
    free(title);
    return SL_OK;
}

const struct sl_page_type sl_page_markdown = {"markdown", "md", finish, section, heading,
                                              text,       code, items,  table,   picture};
