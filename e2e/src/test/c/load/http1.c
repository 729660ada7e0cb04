#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void prepare(struct target *target) {
    char head[4096];
    int length = snprintf(head, sizeof head, "%s /bytes/%lld HTTP/1.1\r\nhost: %s\r\n",
            options.upload > 0 ? "POST" : "GET", (long long) options.answer, target->host);
    if (options.upload > 0) {
        length += snprintf(head + length, sizeof head - (size_t) length,
                "content-type: application/octet-stream\r\ncontent-length: %lld\r\n", (long long) options.upload);
    }
    length += write_fields(head + length, sizeof head - (size_t) length, "%s: %s\r\n", "\r\n");
    // a body begins with the Host, so that the upstream sees whose it is
    int whose = (int) strlen(target->host);
    target->request_length = length + (options.upload > 0 ? whose : 0);
    target->request = malloc((size_t) target->request_length);
    memcpy(target->request, head, (size_t) length);
    memcpy(target->request + length, target->host, (size_t) (target->request_length - length));
}

static void opened(struct connection *connection) {
    connection->open = true;
    ready(&connection->slots[0]);
}

static void start(struct slot *slot) {
    slot->left = -1;
    put(slot->connection, slot->target->request, (size_t) slot->target->request_length);
    if (options.upload > 0) {
        slot->connection->upload_left = options.upload - (int64_t) strlen(slot->target->host);
    }
}

// The value of a field in a head that ends with an empty line; NULL when it is not there.
static const char *field(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = head; line < end; line++) {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *value = line + length + 1;
            return value + strspn(value, " ");
        }
        line = memchr(line, '\n', (size_t) (end - line));
        if (line == NULL) {
            return NULL;
        }
    }
    return NULL;
}

// Reads a head if it is whole, and says how many of the new bytes belong to it; 0: there is more to come.
static size_t read_head(struct slot *slot, char *bytes, size_t count) {
    struct connection *connection = slot->connection;
    char *head = bytes;
    size_t before = connection->in_length, length = before + count;
    if (before > 0) {
        length = length > LARGEST_HEAD ? LARGEST_HEAD : length;
        memcpy(connection->in + before, bytes, length - before);
        head = connection->in;
    }
    char *end = memmem(head, length, "\r\n\r\n", 4);
    if (end == NULL) {
        if (length >= LARGEST_HEAD) {
            broken(connection, "a head without end");
            return 0;
        }
        if (before == 0) {
            memcpy(connection->in, bytes, count);
        }
        connection->in_length = length;
        return 0;
    }
    end += 2;
    const char *size = field(head, end, "content-length");
    if (length < 12 || size == NULL || strncmp(head, "HTTP/1.1 ", 9) != 0) {
        broken(connection, "an answer without a length");
        return 0;
    }
    if (strncmp(head + 9, "200", 3) != 0) {
        refuse(slot, head);
    } else if (atoll(size) != options.answer) {
        broken(connection, "an answer of another length");
        return 0;
    }
    slot->left = atoll(size);
    const char *after = field(head, end, "connection");
    connection->closing |= after != NULL && strncasecmp(after, "close", 5) == 0;
    connection->in_length = 0;
    return (size_t) (end + 2 - head) - before;
}

static void received(struct connection *connection, char *bytes, size_t count) {
    struct slot *slot = &connection->slots[0];
    if (!slot->busy) {
        broken(connection, "bytes that nobody asked for");
        return;
    }
    if (slot->left == -1) {
        size_t used = read_head(slot, bytes, count);
        if (used == 0) {
            return;
        }
        bytes += used;
        count -= used;
    }
    if ((int64_t) count > slot->left) {
        broken(connection, "more bytes than the length says");
        return;
    }
    body(slot, bytes, count);
    if (slot->left == 0) {
        done(slot);
    }
}

static int64_t unread(struct connection *connection) {
    struct slot *slot = &connection->slots[0];
    return slot->busy && slot->left > 0 && slot->seen >= slot->target->mark_length ? slot->left : 0;
}

const struct protocol http1 = {prepare, opened, start, received, unread};
