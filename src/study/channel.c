/* channel.c - records from a child to its parent.
 *
 *     u32 size of the body  u32 CRC-32 of kind and body  u8 kind  body
 * A child that dies half-way leaves a short record, one that overwrote its memory a wrong CRC: neither is
 * believed. */
#include "study/channel.h"
#include "core/file.h"
#include "core/memory.h"
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { HEADER = 9, BODY_MAX = 1 << 30 };

static uint32_t checksum(unsigned char kind, const unsigned char *body, size_t size)
{
    uLong of_kind = crc32_z(0, &kind, 1);
    return (uint32_t)(size ? crc32_z(of_kind, body, size)
                           : of_kind); /* zlib begins anew where body is NULL */
}

int sl_channel_send(int fd, enum sl_record kind, struct sl_writer *w)
{
    struct sl_writer record = {0};
    unsigned char byte = (unsigned char)kind;
    sl_put_i32(&record, (int32_t)w->size);
    sl_put_i32(&record, (int32_t)checksum(byte, w->bytes, w->size));
    sl_put_u8(&record, byte);
    sl_put_bytes(&record, w->bytes, w->size);
    int failed =
        w->failed || record.failed || w->size > BODY_MAX || sl_write_all(fd, record.bytes, record.size);
    sl_writer_release(&record);
    sl_writer_release(w);
    return failed ? -1 : 0;
}

void sl_channel_send_no_memory(int fd)
{
    unsigned char record[HEADER] = {[HEADER - 1] = SL_RECORD_NO_MEMORY};
    uint32_t crc = htole32(checksum(SL_RECORD_NO_MEMORY, record, 0));
    memcpy(record + 4, &crc, sizeof crc);
    sl_write_all(fd, record, sizeof record);
}

int sl_channel_fill(struct sl_channel *c)
{
    if (c->at) {
        memmove(c->bytes, c->bytes + c->at, c->size - c->at);
        c->size -= c->at;
        c->at = 0;
    }
    for (;;) {
        if (c->capacity - c->size < 4096) {
            size_t capacity = c->capacity ? 2 * c->capacity : 1 << 16;
            unsigned char *grown = sl_realloc(c->bytes, capacity, 1);
            if (!grown) {
                errno = ENOMEM;
                return -1;
            }
            c->bytes = grown;
            c->capacity = capacity;
        }
        ssize_t n = read(c->fd, c->bytes + c->size, c->capacity - c->size);
        if (n > 0)
            c->size += (size_t)n;
        else if (n == 0)
            return 0;
        else if (errno != EINTR)
            return errno == EAGAIN ? 1 : -1;
    }
}

int sl_channel_take(struct sl_channel *c, struct sl_reader *body)
{
    struct sl_reader head = {.bytes = c->bytes + c->at, .size = c->size - c->at};
    if (head.size < HEADER)
        return 0;
    size_t size = (uint32_t)sl_get_i32(&head);
    uint32_t crc = (uint32_t)sl_get_i32(&head);
    unsigned char kind = sl_get_u8(&head);
    if (size > BODY_MAX)
        return -1;
    if (head.size - HEADER < size)
        return 0;
    *body = (struct sl_reader){.bytes = head.bytes + HEADER, .size = size};
    if (crc != checksum(kind, body->bytes, size) || kind < SL_RECORD_START || kind > SL_RECORD_LAST)
        return -1;
    c->at += HEADER + size;
    return kind;
}

void sl_channel_release(struct sl_channel *c)
{
    close(c->fd);
    free(c->bytes);
    *c = (struct sl_channel){.fd = -1};
}
