#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// HTTP/2 by prior knowledge. Header blocks are written without tables, so that each is the same bytes every time; of
// those that come only the status is read, which is the first field and in the static table when it is 200.

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE };
enum { FRAME_HEAD = 9, LARGEST_PAYLOAD = 16384, END_STREAM = 1, ACK = 1, END_HEADERS = 4, PADDED = 8 };
enum { WINDOW = 1 << 30, WINDOW_STEP = 1 << 24, LAST_STREAM = 0x7ffffff0 };
enum { STATUS_200 = 0x88, TABLE_SIZE = 0x20, TABLE_SIZE_MASK = 0xe0, TABLE_SIZE_LONG = 0x3f };

static void number32(unsigned char *to, uint32_t number) {
    to[0] = (unsigned char) (number >> 24);
    to[1] = (unsigned char) (number >> 16);
    to[2] = (unsigned char) (number >> 8);
    to[3] = (unsigned char) number;
}

static uint32_t read32(const unsigned char *from) {
    return (uint32_t) from[0] << 24 | (uint32_t) from[1] << 16 | (uint32_t) from[2] << 8 | from[3];
}

static void frame(struct connection *connection, int type, int flags, uint32_t stream, const void *payload,
        size_t length) {
    unsigned char head[FRAME_HEAD] = {(unsigned char) (length >> 16), (unsigned char) (length >> 8),
            (unsigned char) length, (unsigned char) type, (unsigned char) flags};
    number32(head + 5, stream);
    put(connection, head, sizeof head);
    put(connection, payload, length);
}

// A string of HPACK without its compression.
static char *text(char *to, const char *value, size_t length) {
    if (length < 127) {
        *to++ = (char) length;
    } else {
        *to++ = 127;
        size_t rest = length - 127;
        for (; rest >= 128; rest /= 128) {
            *to++ = (char) (rest % 128 + 128);
        }
        *to++ = (char) rest;
    }
    memcpy(to, value, length);
    return to + length;
}

static void prepare(struct target *target) {
    char block[4096], lines[4096], path[64], *end = block;
    snprintf(path, sizeof path, "/bytes/%lld", (long long) options.answer);
    *end++ = (char) 0x82; // :method GET
    *end++ = (char) 0x86; // :scheme http
    *end++ = 4;           // :path
    end = text(end, path, strlen(path));
    *end++ = 1;           // :authority
    end = text(end, target->host, strlen(target->host));
    write_fields(lines, sizeof lines, "%s\t%s\n", "");
    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *value = strchr(line, '\t') + 1;
        *end++ = 0;       // a name that is written out
        end = text(end, line, (size_t) (value - 1 - line));
        end = text(end, value, strlen(value));
    }
    target->request_length = (int) (end - block);
    target->request = malloc((size_t) target->request_length);
    memcpy(target->request, block, (size_t) target->request_length);
}

static void opened(struct connection *connection) {
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    unsigned char settings[12] = {0, 2, 0, 0, 0, 0, 0, 4}, window[4];
    number32(settings + 8, WINDOW);
    number32(window, WINDOW);
    put(connection, preface, sizeof preface - 1);
    frame(connection, SETTINGS, 0, 0, settings, sizeof settings); // no pushes, large windows of streams
    frame(connection, WINDOW_UPDATE, 0, 0, window, sizeof window);
    connection->open = true;
    connection->next_stream = 1;
    connection->unacknowledged = 0;
    for (int i = 0; i < connection->slot_count; i++) {
        ready(&connection->slots[i]);
    }
}

static void start(struct slot *slot) {
    struct connection *connection = slot->connection;
    slot->number = connection->next_stream;
    slot->left = -1;
    connection->next_stream += 2;
    connection->closing |= connection->next_stream > LAST_STREAM;
    frame(connection, HEADERS, END_HEADERS | END_STREAM, slot->number, slot->target->request,
            (size_t) slot->target->request_length);
}

static struct slot *of_stream(struct connection *connection, uint32_t stream) {
    for (int i = 0; i < connection->slot_count; i++) {
        if (connection->slots[i].busy && connection->slots[i].number == stream) {
            return &connection->slots[i];
        }
    }
    return NULL;
}

static void head(struct slot *slot, const unsigned char *block, size_t length) {
    size_t at = 0;
    while (at < length && (block[at] & TABLE_SIZE_MASK) == TABLE_SIZE) {
        bool goes_on = block[at++] == TABLE_SIZE_LONG;
        while (goes_on && at < length) {
            goes_on = block[at++] & 0x80;
        }
    }
    slot->left = options.answer;
    if (at >= length || block[at] != STATUS_200) {
        refuse(slot, "an HTTP/2 answer whose status is not 200");
    }
}

static void data(struct connection *connection, struct slot *slot, const unsigned char *bytes, size_t count) {
    connection->unacknowledged += (int64_t) count;
    if (connection->unacknowledged >= WINDOW_STEP) {
        unsigned char window[4];
        number32(window, (uint32_t) connection->unacknowledged);
        frame(connection, WINDOW_UPDATE, 0, 0, window, sizeof window);
        connection->unacknowledged = 0;
    }
    if (slot != NULL) {
        body(slot, (const char *) bytes, count);
    }
}

static void end_of(struct connection *connection, struct slot *slot) {
    if (slot->left != 0 && !slot->refused) {
        broken(connection, "an answer of another length");
    } else {
        done(slot);
    }
}

static void take(struct connection *connection, int type, int flags, uint32_t stream, const unsigned char *payload,
        size_t length) {
    struct slot *slot = of_stream(connection, stream);
    switch (type) {
        case HEADERS:
            if (slot != NULL && slot->left == -1) {
                head(slot, payload, length);
            }
            break;
        case DATA:
            if (flags & PADDED) {
                broken(connection, "padding, which this client does not read");
                return;
            }
            data(connection, slot, payload, length);
            break;
        case RST_STREAM:
            broken(connection, "a stream was reset");
            return;
        case SETTINGS:
            if (!(flags & ACK)) {
                frame(connection, SETTINGS, ACK, 0, "", 0);
            }
            break;
        case PING:
            if (!(flags & ACK)) {
                frame(connection, PING, ACK, 0, payload, length);
            }
            break;
        case GOAWAY:
            connection->closing = true;
            break;
        default:
            break;
    }
    if (slot != NULL && (type == DATA || type == HEADERS) && (flags & END_STREAM)) {
        end_of(connection, slot);
    }
}

static void received(struct connection *connection, char *bytes, size_t count) {
    // frames that are whole are read where they are, what is left of the last one is kept
    unsigned char *from = (unsigned char *) bytes;
    if (connection->in_length > 0) {
        memcpy(connection->in + connection->in_length, bytes, count);
        from = (unsigned char *) connection->in;
    }
    size_t length = connection->in_length + count, at = 0;
    while (length - at >= FRAME_HEAD) {
        const unsigned char *head = from + at;
        size_t payload = (size_t) head[0] << 16 | (size_t) head[1] << 8 | head[2];
        if (payload > LARGEST_PAYLOAD) {
            broken(connection, "a frame larger than was allowed");
            return;
        }
        if (length - at < FRAME_HEAD + payload) {
            break;
        }
        at += FRAME_HEAD + payload;
        take(connection, head[3], head[4], read32(head + 5) & 0x7fffffff, head + FRAME_HEAD, payload);
    }
    connection->in_length = length - at;
    memmove(connection->in, from + at, connection->in_length);
}

const struct protocol http2 = {prepare, opened, start, received, NULL};
