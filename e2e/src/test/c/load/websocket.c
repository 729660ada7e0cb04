#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A binary message that is whole, as a client sends it: with a mask, here of zeros, which leaves the payload as it is.
enum { CLIENT_HEAD = 6, SERVER_HEAD = 2, LARGEST_MESSAGE = 125 };
static const unsigned char BINARY = 0x82, MASKED = 0x80;

static void prepare(struct target *target) {
    char head[4096];
    if (options.message < 16 || options.message > LARGEST_MESSAGE) {
        fprintf(stderr, "a message of %d bytes (expected: 16-%d)\n", options.message, LARGEST_MESSAGE);
        exit(1);
    }
    // the key of the example in RFC 6455, whose answer the upstream knows
    int length = snprintf(head, sizeof head, "GET /echo HTTP/1.1\r\nhost: %s\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
            "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n", target->host);
    length += write_fields(head + length, sizeof head - (size_t) length, "%s: %s\r\n", "\r\n");
    target->request = strdup(head);
    target->request_length = length;
}

static void opened(struct connection *connection) {
    struct slot *slot = &connection->slots[0];
    slot->target = next_target();
    slot->number = 0;
    put(connection, slot->target->request, (size_t) slot->target->request_length);
}

// The payload of the message in flight: who sends it, and its number.
static void payload(const struct slot *slot, char *to) {
    memset(to, '.', (size_t) options.message);
    snprintf(to, (size_t) options.message, "%d %u", slot->connection->fd, slot->number);
}

static void start(struct slot *slot) {
    char message[CLIENT_HEAD + LARGEST_MESSAGE] = {(char) BINARY, (char) (MASKED | options.message)};
    slot->number++;
    payload(slot, message + CLIENT_HEAD);
    put(slot->connection, message, (size_t) (CLIENT_HEAD + options.message));
}

static bool is_switched(struct connection *connection) {
    char *end = memmem(connection->in, connection->in_length, "\r\n\r\n", 4);
    if (end == NULL) {
        return false;
    }
    *end = 0;
    const struct slot *slot = &connection->slots[0];
    // the mark without its end of line
    char mark[400];
    snprintf(mark, sizeof mark, "%.*s", slot->target->mark_length - 1, slot->target->mark);
    if (strncmp(connection->in, "HTTP/1.1 101", 12) != 0) {
        count_failure(BAD_STATUS, connection->in);
        exit(6);
    }
    if (strstr(connection->in, mark) == NULL) {
        count_failure(MIXED_UP, connection->in);
    }
    size_t used = (size_t) (end + 4 - connection->in);
    connection->in_length -= used;
    memmove(connection->in, connection->in + used, connection->in_length);
    return true;
}

static void received(struct connection *connection, char *bytes, size_t count) {
    struct slot *slot = &connection->slots[0];
    memcpy(connection->in + connection->in_length, bytes, count);
    connection->in_length += count;
    if (!connection->open) {
        connection->open = is_switched(connection);
        if (connection->open) {
            ready(slot);
        }
        return;
    }
    size_t whole = (size_t) (SERVER_HEAD + options.message);
    if (connection->in_length < whole) {
        return;
    }
    char expected[SERVER_HEAD + LARGEST_MESSAGE] = {(char) BINARY, (char) options.message};
    payload(slot, expected + SERVER_HEAD);
    slot->mixed = connection->in_length > whole || memcmp(connection->in, expected, whole) != 0;
    if (slot->mixed) {
        count_failure(MIXED_UP, connection->in);
    }
    connection->in_length = 0;
    count_bytes(options.message);
    done(slot);
}

const struct protocol websocket = {prepare, opened, start, received, NULL};
