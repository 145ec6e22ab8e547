/* grid.c - filling and freeing a table of texts, and writing it as CSV. */
#include "show/grid.h"
#include "core/memory.h"
#include <stdarg.h>
#include <string.h>

static char *print(const char *format, va_list args)
{
    char *text = NULL;
    return vasprintf(&text, format, args) < 0 ? NULL : text;
}

void sl_grid_column(struct sl_grid *grid, const char *title, int right, int rank)
{
    struct sl_grid_column *columns = sl_realloc(grid->columns, grid->n_columns + 1, sizeof *columns);
    if (columns)
        grid->columns = columns;
    char *copy = sl_strdup(title);
    if (!columns || !copy) {
        grid->failed = 1;
        free(copy);
        return;
    }
    columns[grid->n_columns++] = (struct sl_grid_column){copy, right, rank};
}

static void add_text(struct sl_grid *grid, char *text, size_t *n, char ***list)
{
    char **grown = text ? sl_realloc(*list, *n + 1, sizeof *grown) : NULL;
    if (!grown) {
        grid->failed = 1;
        free(text);
        return;
    }
    *list = grown;
    grown[(*n)++] = text;
}

void sl_grid_add(struct sl_grid *grid, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_text(grid, print(format, args), &grid->n_cells, &grid->cells);
    va_end(args);
    grid->n_rows = grid->n_columns ? (grid->n_cells + grid->n_columns - 1) / grid->n_columns : 0;
}

static void add_line(struct sl_grid *grid, struct sl_lines *lines, int column, char *text)
{
    int *grown = sl_realloc(lines->column, lines->n + 1, sizeof *grown);
    if (!grown) {
        grid->failed = 1;
        free(text);
        return;
    }
    lines->column = grown;
    grown[lines->n] = column;
    add_text(grid, text, &lines->n, &lines->line);
}

void sl_grid_above(struct sl_grid *grid, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(grid, &grid->above, -1, print(format, args));
    va_end(args);
}

void sl_grid_verdict(struct sl_grid *grid, const char *text)
{
    free(grid->verdict);
    grid->verdict = sl_strdup(text);
    grid->failed |= text && !grid->verdict;
}

void sl_grid_below(struct sl_grid *grid, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_line(grid, &grid->below, -1, print(format, args));
    va_end(args);
}

void sl_grid_note(struct sl_grid *grid, const char *title, const char *format, ...)
{
    int column = -1;
    for (size_t c = 0; c < grid->n_columns; c++)
        if (strcmp(grid->columns[c].title, title) == 0)
            column = (int)c;
    if (column < 0)
        return;
    va_list args;
    va_start(args, format);
    add_line(grid, &grid->below, column, print(format, args));
    va_end(args);
}

static void release_list(size_t n, char **list)
{
    for (size_t i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

void sl_grid_release(struct sl_grid *grid)
{
    for (size_t i = 0; i < grid->n_columns; i++)
        free(grid->columns[i].title);
    free(grid->columns);
    release_list(grid->n_cells, grid->cells);
    release_list(grid->above.n, grid->above.line);
    release_list(grid->below.n, grid->below.line);
    free(grid->verdict);
    free(grid->above.column);
    free(grid->below.column);
    *grid = (struct sl_grid){0};
}

const char *sl_grid_cell(const struct sl_grid *grid, size_t row, size_t column)
{
    size_t i = row * grid->n_columns + column;
    return i < grid->n_cells ? grid->cells[i] : "";
}

static void make_visible(struct sl_grid *grid, size_t n, char **list)
{
    for (size_t i = 0; i < n; i++) {
        char *visible = sl_visible(list[i]);
        grid->failed |= !visible;
        if (!visible)
            return;
        free(list[i]);
        list[i] = visible;
    }
}

void sl_grid_visible(struct sl_grid *grid)
{
    for (size_t c = 0; c < grid->n_columns; c++)
        make_visible(grid, 1, &grid->columns[c].title);
    make_visible(grid, grid->n_cells, grid->cells);
    make_visible(grid, grid->above.n, grid->above.line);
    make_visible(grid, grid->below.n, grid->below.line);
    if (grid->verdict)
        make_visible(grid, 1, &grid->verdict);
}

/* RFC 4180: CRLF, quotes doubled. */
int sl_grid_csv(const struct sl_grid *grid, FILE *to)
{
    for (size_t c = 0; c < grid->n_columns; c++) {
        fputs(c ? "," : "", to);
        sl_write_csv_field(to, grid->columns[c].title);
    }
    fputs("\r\n", to);
    for (size_t row = 0; row < grid->n_rows; row++) {
        for (size_t c = 0; c < grid->n_columns; c++) {
            fputs(c ? "," : "", to);
            sl_write_csv_field(to, sl_grid_cell(grid, row, c));
        }
        fputs("\r\n", to);
    }
    return SL_OK;
}
