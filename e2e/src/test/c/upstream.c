// The sandboxes of the data plane's benchmark: one thread that answers at every address of loopback.
//
//   upstream PORT
//
//   GET or POST /bytes/N   N bytes that begin with the Host as it came and the address that was reached, so that an answer
//                          shows whose it is; a request's body must begin with the Host too, or the answer is 400
//   GET /echo              a WebSocket that sends every message back; what it was asked for is a field of its 101
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 18, BLOCK = 1 << 20, KEPT = 1 << 15, DROP_FROM = 1 << 16, DROP_AT_MOST = 1 << 24 };

// The key that the load generator sends is the one of the example in RFC 6455, and so is the answer.
static const char KEY[] = "dGhlIHNhbXBsZSBub25jZQ==", ACCEPT[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

static const char FIELDS[] = "content-type: application/json; charset=utf-8\r\n"
        "server: sandbox\r\n"
        "date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
        "cache-control: no-store\r\n"
        "vary: accept-encoding\r\n"
        "x-content-type-options: nosniff\r\n"
        "x-request-id: 0b0f9d3c-51f4-4be1-9f39-0a7d62a4f1ce\r\n";

enum state { HEAD, BODY, SOCKET };

struct connection {
    int fd;
    enum state state;
    char address[INET_ADDRSTRLEN];
    char host[256];
    char kept[KEPT];     // the beginning of a head or of a message that is not whole
    size_t kept_length;
    int64_t body_left, body_seen, answer;
    bool foreign;        // the body is not that of this request
    char *out;
    size_t out_length, out_room;
    int64_t block_left;  // bytes that follow what is in out
    bool writable_wanted, gone;
};

static int poller;
static char input[READ_SIZE], block[BLOCK];

static void put(struct connection *connection, const void *bytes, size_t count) {
    if (connection->out_length + count > connection->out_room) {
        connection->out_room = 2 * (connection->out_length + count);
        connection->out = realloc(connection->out, connection->out_room);
    }
    memcpy(connection->out + connection->out_length, bytes, count);
    connection->out_length += count;
}

static void flush(struct connection *connection) {
    size_t sent = 0;
    while (sent < connection->out_length || connection->block_left > 0) {
        bool head = sent < connection->out_length;
        size_t rest = connection->block_left < BLOCK ? (size_t) connection->block_left : BLOCK;
        ssize_t took = head
                ? send(connection->fd, connection->out + sent, connection->out_length - sent,
                        MSG_NOSIGNAL | (rest > 0 ? MSG_MORE : 0))
                : send(connection->fd, block, rest, MSG_NOSIGNAL);
        if (took < 0) {
            break; // an error shows itself at the next read
        }
        if (head) {
            sent += (size_t) took;
        } else {
            connection->block_left -= took;
        }
    }
    memmove(connection->out, connection->out + sent, connection->out_length - sent);
    connection->out_length -= sent;
    bool wanted = connection->out_length > 0 || connection->block_left > 0;
    if (wanted != connection->writable_wanted) {
        connection->writable_wanted = wanted;
        struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = connection};
        epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event);
    }
}

static void respond(struct connection *connection) {
    char head[1024], mark[400];
    int64_t length = connection->foreign ? 0 : connection->answer;
    int head_length = snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%scontent-length: %lld\r\n\r\n",
            connection->foreign ? "400 Not My Body" : "200 OK", FIELDS, (long long) length);
    put(connection, head, (size_t) head_length);
    int mark_length = snprintf(mark, sizeof mark, "%s %s\n", connection->host, connection->address);
    size_t marked = length < mark_length ? (size_t) length : (size_t) mark_length;
    put(connection, mark, marked);
    length -= (int64_t) marked;
    if (length <= KEPT) {
        put(connection, block, (size_t) length);
    } else {
        connection->block_left = length;
    }
    connection->state = HEAD;
}

static void switch_over(struct connection *connection) {
    char head[1024];
    int length = snprintf(head, sizeof head, "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n"
            "upgrade: websocket\r\nsec-websocket-accept: %s\r\nx-reached: %s %s\r\n\r\n", ACCEPT, connection->host,
            connection->address);
    put(connection, head, (size_t) length);
    connection->state = SOCKET;
}

// The value of a field in a head that ends with an empty line, up to the end of the line; NULL when it is not there.
static const char *field(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = head; line != NULL && line < end;) {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *value = line + length + 1;
            return value + strspn(value, " ");
        }
        line = memchr(line, '\n', (size_t) (end - line));
        line = line == NULL ? NULL : line + 1;
    }
    return NULL;
}

// Reads the head, which is whole.
static void head(struct connection *connection, const char *text, const char *end) {
    const char *host = field(text, end, "host"), *length = field(text, end, "content-length");
    const char *key = field(text, end, "sec-websocket-key"), *path = memchr(text, ' ', (size_t) (end - text));
    if (host == NULL || path == NULL || field(text, end, "transfer-encoding") != NULL) {
        fprintf(stderr, "a head that this upstream does not read: %.200s\n", text);
        connection->gone = true;
        return;
    }
    size_t size = strcspn(host, "\r\n");
    size = size < sizeof connection->host ? size : sizeof connection->host - 1;
    memcpy(connection->host, host, size);
    connection->host[size] = 0;
    connection->foreign = false;
    connection->body_seen = 0;
    connection->body_left = length == NULL ? 0 : atoll(length);
    connection->answer = strncmp(path, " /bytes/", 8) == 0 ? atoll(path + 8) : 0;
    if (key != NULL && strncmp(key, KEY, sizeof KEY - 1) == 0) {
        switch_over(connection);
    } else if (connection->body_left == 0) {
        respond(connection);
    } else {
        connection->state = BODY;
    }
}

// Takes what belongs to the head, and says how many bytes those are.
static size_t read_head(struct connection *connection, char *bytes, size_t count) {
    char *text = bytes;
    size_t before = connection->kept_length, length = count;
    if (before > 0) {
        length = before + count < KEPT ? before + count : KEPT;
        memcpy(connection->kept + before, bytes, length - before);
        text = connection->kept;
    }
    char *end = memmem(text, length, "\r\n\r\n", 4);
    if (end != NULL) {
        connection->kept_length = 0;
        head(connection, text, end + 2);
        return (size_t) (end + 4 - text) - before;
    }
    if (length >= KEPT) {
        fprintf(stderr, "a head without end\n");
        connection->gone = true;
    } else if (before == 0) {
        memcpy(connection->kept, bytes, count);
    }
    connection->kept_length = length;
    return count;
}

static size_t read_body(struct connection *connection, const char *bytes, size_t count) {
    size_t taken = (int64_t) count < connection->body_left ? count : (size_t) connection->body_left;
    int64_t missing = (int64_t) strlen(connection->host) - connection->body_seen;
    if (missing > 0 && bytes != NULL) {
        size_t compared = (size_t) missing < taken ? (size_t) missing : taken;
        connection->foreign |= memcmp(connection->host + connection->body_seen, bytes, compared) != 0;
    }
    connection->body_seen += (int64_t) taken;
    connection->body_left -= (int64_t) taken;
    if (connection->body_left == 0) {
        respond(connection);
    }
    return taken;
}

// Takes the short messages that are whole, and sends them back without their mask.
static size_t read_messages(struct connection *connection, char *bytes, size_t count) {
    if (connection->kept_length + count > KEPT) {
        fprintf(stderr, "more messages than this upstream keeps\n");
        connection->gone = true;
        return count;
    }
    memcpy(connection->kept + connection->kept_length, bytes, count);
    connection->kept_length += count;
    unsigned char *from = (unsigned char *) connection->kept, *end = from + connection->kept_length;
    while (end - from >= 6) {
        size_t length = from[1] & 0x7f;
        if (length > 125 || !(from[1] & 0x80)) {
            fprintf(stderr, "a message that this upstream does not read\n");
            connection->gone = true;
            return count;
        }
        if ((size_t) (end - from) < 6 + length) {
            break;
        }
        unsigned char answer[127] = {from[0], (unsigned char) length};
        for (size_t i = 0; i < length; i++) {
            answer[2 + i] = from[6 + i] ^ from[2 + i % 4];
        }
        put(connection, answer, 2 + length);
        from += 6 + length;
    }
    connection->kept_length = (size_t) (end - from);
    memmove(connection->kept, from, connection->kept_length);
    return count;
}

static void read_from(struct connection *connection) {
    bool drop = connection->state == BODY && connection->body_left > DROP_FROM && connection->body_seen > 256;
    size_t most = connection->body_left < DROP_AT_MOST ? (size_t) connection->body_left : DROP_AT_MOST;
    // MSG_TRUNC lets the kernel throw away what would only be counted here
    ssize_t count = drop ? recv(connection->fd, input, most, MSG_TRUNC) : recv(connection->fd, input, sizeof input, 0);
    if (count < 0 && errno == EAGAIN) {
        return;
    }
    connection->gone |= count <= 0;
    if (drop && count > 0) {
        read_body(connection, NULL, (size_t) count);
        return;
    }
    char *at = input;
    while (count > 0 && !connection->gone) {
        size_t taken = connection->state == HEAD ? read_head(connection, at, (size_t) count)
                : connection->state == BODY ? read_body(connection, at, (size_t) count)
                : read_messages(connection, at, (size_t) count);
        at += taken;
        count -= (ssize_t) taken;
    }
}

static void take_connections(int listener) {
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        int yes = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct connection *connection = calloc(1, sizeof *connection);
        struct sockaddr_in local;
        socklen_t size = sizeof local;
        getsockname(fd, (struct sockaddr *) &local, &size);
        inet_ntop(AF_INET, &local.sin_addr, connection->address, sizeof connection->address);
        connection->fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    }
}

int main(int count, char **arguments) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY),
            .sin_port = htons((uint16_t) (count > 1 ? atoi(arguments[1]) : 0))};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    // every address of loopback, and no other interface
    if (setsockopt(listener, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) != 0
            || bind(listener, (struct sockaddr *) &address, sizeof address) != 0 || listen(listener, 4096) != 0) {
        perror("listen");
        return 1;
    }
    memset(block, 'd', sizeof block);
    poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    // its standard input ends with the process that started it
    struct connection parent = {.fd = STDIN_FILENO};
    event.data.ptr = &parent;
    epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    puts("listening");
    fflush(stdout);
    for (;;) {
        int ready = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == NULL) {
                take_connections(listener);
                continue;
            }
            if (connection == &parent) {
                return 0;
            }
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
                read_from(connection);
            }
            if (connection->gone) {
                close(connection->fd);
                free(connection->out);
                free(connection);
            } else {
                flush(connection);
            }
        }
    }
}
