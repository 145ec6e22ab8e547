/* page.c - what all formats of a page share: memory, and texts made visible. */
#include "show/report/page.h"
#include "core/memory.h"
#include <stdarg.h>
#include <string.h>

int sl_page_begin(struct sl_page *page, const struct sl_page_type *type, const char *title,
                  struct sl_error *err)
{
    *page = (struct sl_page){.type = type, .title = title};
    page->body = open_memstream(&page->text, &page->size);
    return page->body ? SL_OK : sl_fail_memory(err);
}

int sl_page_write(struct sl_page *page, FILE *to, struct sl_error *err)
{
    page->failed |= fflush(page->body) != 0;
    if (page->failed)
        return sl_fail_memory(err);
    return page->type->finish(page, to, err);
}

void sl_page_release(struct sl_page *page)
{
    if (page->body)
        fclose(page->body);
    free(page->text);
    for (size_t i = 0; i < page->n_sections; i++) {
        free(page->sections[i].id);
        free(page->sections[i].title);
    }
    free(page->sections);
    *page = (struct sl_page){0};
}

void sl_page_section(struct sl_page *page, enum sl_section_kind kind, const char *id, const char *title)
{
    struct sl_section *sections = sl_realloc(page->sections, page->n_sections + 1, sizeof *sections);
    char *name = sl_strdup(id), *visible = sl_visible(title);
    if (sections)
        page->sections = sections;
    if (!sections || !name || !visible) {
        page->failed = 1;
        free(name);
        free(visible);
        return;
    }
    sections[page->n_sections] = (struct sl_section){name, visible, kind};
    page->type->section(page, &sections[page->n_sections]);
    page->n_sections++;
}

void sl_page_heading(struct sl_page *page, const char *text)
{
    char *visible = sl_visible(text);
    page->failed |= !visible;
    if (visible)
        page->type->heading(page, visible);
    free(visible);
}

static void write_text(struct sl_page *page, char *text, int strong)
{
    char *visible = text ? sl_visible(text) : NULL;
    page->failed |= !visible;
    if (visible)
        page->type->text(page, visible, strong);
    free(visible);
    free(text);
}

void sl_page_text(struct sl_page *page, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    write_text(page, n < 0 ? NULL : text, 0);
}

void sl_page_strong(struct sl_page *page, const char *text)
{
    write_text(page, sl_strdup(text), 1);
}

void sl_page_code(struct sl_page *page, const char *text)
{
    char *visible = sl_visible(text);
    page->failed |= !visible;
    if (visible)
        page->type->code(page, visible);
    free(visible);
}

void sl_page_items(struct sl_page *page, const struct sl_lines *lines, int numbered)
{
    char **visible = sl_alloc_zero(lines->n, sizeof *visible);
    size_t n = 0;
    for (; visible && n < lines->n; n++)
        if (!(visible[n] = sl_visible(lines->line[n])))
            break;
    if (!visible || n < lines->n)
        page->failed = 1;
    else if (n)
        page->type->items(page, visible, n, numbered);
    for (size_t i = 0; i < n; i++)
        free(visible[i]);
    free(visible);
}

void sl_page_table(struct sl_page *page, struct sl_grid *grid, const struct sl_html_look *look)
{
    if (!grid->failed)
        sl_grid_visible(grid);
    page->failed |= grid->failed;
    if (!page->failed) {
        page->type->table(page, grid, look);
        sl_page_items(page, &grid->below, 0);
    }
    sl_grid_release(grid);
}

int sl_page_picture(struct sl_page *page, const char *path, const char *alt)
{
    char *visible = sl_visible(alt);
    page->failed |= !visible;
    int missing = !visible || page->type->picture(page, path, visible);
    free(visible);
    page->n_pictures++;
    return missing ? -1 : 0;
}
