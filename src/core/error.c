/* error.c - filling struct sl_error. */
#include <shortlist/error.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What this thread failed with last: sl_fail_prefix has no other way to know it when err is NULL. */
static _Thread_local int last_code = SL_EINTERNAL;

int sl_fail(struct sl_error *err, int code, const char *format, ...)
{
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        err->code = code;
    }
    last_code = code;
    return code;
}

int sl_fail_memory(struct sl_error *err)
{
    return sl_fail(err, SL_ENOMEM, "out of memory");
}

int sl_fail_prefix(struct sl_error *err, const char *format, ...)
{
    if (!err)
        return last_code;
    char prefix[512], text[sizeof err->text];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    memcpy(text, err->text, sizeof text);
    return sl_fail(err, err->code, "%s: %s", prefix, text);
}

const char *sl_code_name(int code)
{
    static const char *const names[] = {
        [SL_OK] = "ok",
        [SL_EUSAGE] = "usage",
        [SL_EDATA] = "data",
        [SL_EIO] = "input/output",
        [SL_ENOMEM] = "out of memory",
        [SL_EDIVERGED] = "diverged",
        [SL_ECANCELLED] = "cancelled",
        [SL_EINTERNAL] = "internal",
        [SL_ENOPART] = "no such part",
    };
    int known = code >= 0 && code < (int)(sizeof names / sizeof *names);
    return known ? names[code] : "unknown";
}
