/* channel.h - records from a child to its parent over a pipe, each with its length and CRC-32. */
#ifndef SL_STUDY_CHANNEL_H
#define SL_STUDY_CHANNEL_H

#include <shortlist/pack.h>

enum sl_record {
    SL_RECORD_START = 1, /* u64: resident bytes when the trial's own work begins */
    SL_RECORD_EPOCH,     /* struct sl_epoch */
    SL_RECORD_OUTCOME,   /* u64: member of the unit; u8: the cancel flag cut the fit short, and
                             nothing is kept; struct sl_outcome */
    SL_RECORD_AGAIN,     /* empty: a timing run begins, for which the time limit holds anew */
    SL_RECORD_NO_MEMORY, /* empty: memory ran out, and the process will end without an outcome */
    /* Between a pool and a station (station.h). */
    SL_RECORD_HELLO,
    SL_RECORD_UNIT,
    SL_RECORD_PROGRESS,
    SL_RECORD_MEMBER,
    SL_RECORD_LOST,
    SL_RECORD_ENDED,
    SL_RECORD_STOP,
    SL_RECORD_LAST = SL_RECORD_STOP,
};

/* Sends one record and releases w; -1 when it could not.  Blocks while the pipe is full. */
int sl_channel_send(int fd, enum sl_record kind, struct sl_writer *w);

/* Sends SL_RECORD_NO_MEMORY, without taking memory: a signal handler may call it. */
void sl_channel_send_no_memory(int fd);

/* The parent's end. */
struct sl_channel {
    int fd; /* non-blocking */
    unsigned char *bytes;
    size_t size, capacity;
    size_t at; /* records before it were taken */
};

/* Reads what is there: 1 more may come, 0 the child closed its end, -1 error (errno). */
int sl_channel_fill(struct sl_channel *channel);
/* Takes the next whole record: its kind, 0 when there is none yet, -1 when it is damaged.  body is valid
 * until the next fill. */
int sl_channel_take(struct sl_channel *channel, struct sl_reader *body);
void sl_channel_release(struct sl_channel *channel);

#endif
