/* sheet.c - a CSV file in the making. */
#include "explain/sheet.h"
#include "core/file.h"
#include "core/memory.h"

int sl_sheet_open(struct sl_sheet *csv, struct sl_error *err)
{
    csv->to = open_memstream(&csv->text, &csv->size);
    return csv->to ? SL_OK : sl_fail_memory(err);
}

int sl_sheet_close(struct sl_sheet *csv, const char *folder, const char *name,
                   void (*made)(void *arg, const char *path), void *arg, struct sl_error *err)
{
    int failed = ferror(csv->to);
    failed |= fclose(csv->to) != 0;
    char *path = failed ? NULL : sl_format("%s/%s", folder, name);
    int code = path ? sl_file_write(path, csv->text, csv->size, err) : sl_fail_memory(err);
    if (!code && made)
        made(arg, path);
    free(path);
    free(csv->text);
    return code;
}
