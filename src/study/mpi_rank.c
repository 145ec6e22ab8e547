/* mpi_rank.c - messages between MPI ranks, and all of a rank other than 0. */
#include "study/mpi_rank.h"
#include "core/memory.h"
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { WAIT = 1 /* ms: MPI has nothing that poll could wait for */ };

int sl_mpi_send(const struct sl_mpi_functions *mpi, int to, enum sl_record kind, struct sl_writer *w,
                struct sl_error *err)
{
    struct sl_writer message = {0};
    sl_put_u8(&message, (uint8_t)kind);
    sl_put_bytes(&message, w->bytes, w->size);
    int code = w->failed || message.failed ? sl_fail_memory(err) : SL_OK;
    if (!code && (message.size > INT32_MAX || mpi->send(to, message.bytes, message.size)))
        code = sl_fail(err, SL_EIO, "cannot send a message to rank %d", to);
    sl_writer_release(&message);
    sl_writer_release(w);
    return code;
}

int sl_mpi_receive(const struct sl_mpi_functions *mpi, int *from, unsigned char **bytes,
                   struct sl_reader *body, struct sl_error *err)
{
    size_t n;
    *bytes = NULL;
    if (!mpi->look(from, &n))
        return 0;
    *bytes = sl_alloc(n, 1);
    if (!*bytes) {
        sl_fail_memory(err);
        return -1;
    }
    if (mpi->receive(*from, *bytes, n) || n == 0) {
        sl_fail(err, SL_EIO, "cannot receive a message from rank %d", *from);
        return -1;
    }
    *body = (struct sl_reader){.bytes = *bytes + 1, .size = n - 1};
    return **bytes;
}

/* From the station to rank 0. */
static int pass_up(const struct sl_mpi_functions *mpi, struct sl_station *station, struct sl_error *err)
{
    struct sl_reader body = {0};
    const int open = sl_channel_fill(&station->from);
    int kind, code = SL_OK;
    while (!code && (kind = sl_channel_take(&station->from, &body)) > 0) {
        struct sl_writer w = {0};
        sl_put_bytes(&w, body.bytes, body.size);
        code = sl_mpi_send(mpi, 0, (enum sl_record)kind, &w, err);
    }
    if (!code && (open <= 0 || kind < 0))
        code = sl_fail(err, SL_EIO, SL_STATION_DIED);
    return code;
}

/* From rank 0 to the station.  *last: rank 0 has no more work. */
static int pass_down(const struct sl_mpi_functions *mpi, struct sl_station *station, int *last,
                     struct sl_error *err)
{
    int code = SL_OK, kind = 1;
    while (!code && kind && !*last) {
        struct sl_reader body;
        unsigned char *bytes;
        int from;
        kind = sl_mpi_receive(mpi, &from, &bytes, &body, err);
        if (kind < 0)
            code = err->code;
        *last = kind == SL_RECORD_ENDED;
        if (kind > 0 && !*last) {
            struct sl_writer w = {0};
            sl_put_bytes(&w, body.bytes, body.size);
            if (sl_channel_send(station->to, (enum sl_record)kind, &w))
                code = sl_fail(err, SL_EIO, SL_STATION_DIED);
        }
        free(bytes);
    }
    return code;
}

static int serve(const struct sl_mpi_functions *mpi, struct sl_station *station, struct sl_error *err)
{
    int code = SL_OK, last = 0;
    while (!code && !last) {
        poll(&(struct pollfd){.fd = station->from.fd, .events = POLLIN}, 1, WAIT);
        code = pass_up(mpi, station, err);
        if (!code)
            code = pass_down(mpi, station, &last, err);
    }
    return code;
}

/* Tells rank 0 why this one can not go on, after what its station has told before. */
static int tell_why(const struct sl_mpi_functions *mpi, struct sl_station *station, const char *why,
                    struct sl_error *err)
{
    struct sl_writer w = {0};
    struct sl_error same;
    pass_up(mpi, station, &same);
    sl_put_text(&w, why);
    return sl_mpi_send(mpi, 0, SL_RECORD_ENDED, &w, err);
}

static int greet(const struct sl_mpi_functions *mpi, const struct sl_site *site, const char *why,
                 struct sl_error *err)
{
    struct sl_writer hello = {0};
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    sl_put_text(&hello, site ? site->hash : "");
    sl_put_text(&hello, host);
    sl_put_text(&hello, why);
    return sl_mpi_send(mpi, 0, SL_RECORD_HELLO, &hello, err);
}

/* Until rank 0, which has heard why this one can not work, ends. */
static void wait_for_end(const struct sl_mpi_functions *mpi)
{
    int kind = 0;
    while (kind != SL_RECORD_ENDED && kind >= 0) {
        struct sl_reader body;
        unsigned char *bytes;
        struct sl_error unread;
        int from;
        kind = sl_mpi_receive(mpi, &from, &bytes, &body, &unread);
        free(bytes);
        poll(NULL, 0, WAIT);
    }
}

int sl_mpi_serve(const struct sl_site *site, int slots, const char *why, struct sl_error *err)
{
    const struct sl_mpi_functions *mpi = sl_mpi_load(err);
    struct sl_station station;
    struct sl_error fault = {0};
    int rank, size;
    int code = mpi ? SL_OK : err->code;
    if (!code && site)
        code = sl_station_start(site, slots, &station, err);
    if (code)
        return code;
    if (mpi->begin(&rank, &size))
        return sl_fail(err, SL_EIO, "MPI does not begin");
    code = greet(mpi, site, why, err);
    int over = 0;
    if (!code && site) {
        over = serve(mpi, &station, &fault) == SL_OK;
        code = over ? SL_OK : tell_why(mpi, &station, fault.text, err);
    }
    if (!code && !over)
        wait_for_end(mpi);
    if (site)
        sl_station_end(&station);
    if (code)
        mpi->abort(1);
    mpi->end();
    return code;
}
