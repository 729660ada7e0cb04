#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 18, BLOCK = 1 << 20, DROP_FROM = 1 << 16, DROP_AT_MOST = 1 << 24, LATE_AT_MOST = 1 << 20 };
enum { BROKEN_AT_MOST = 10000 };

static const int64_t SECOND = 1000000000, DRAIN = 5 * SECOND;

struct options options = {.connections = 64, .streams = 1, .warm = 1, .seconds = 3, .answer = 1024, .message = 100,
        .protocol = "http1", .proxy = "", .upstream = ""};

static const struct protocol *protocol;
static struct connection *connections;
static int poller, in_flight, broken_count;
static uint32_t forsaken_count;
static bool stopping;
static int64_t started;
static char input[READ_SIZE], block[BLOCK];

// Places that have no request, and the times of requests that have no place yet: the open loop's two sides of waiting.
static struct slot **idle;
static int idle_count;
static int64_t late[LATE_AT_MOST];
static uint32_t late_first, late_end;

int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

void put(struct connection *connection, const void *bytes, size_t count) {
    size_t needed = connection->out_length + count;
    if (needed > connection->out_room) {
        connection->out_room = 2 * needed;
        connection->out = realloc(connection->out, connection->out_room);
    }
    memcpy(connection->out + connection->out_length, bytes, count);
    connection->out_length = needed;
}

static void want_writable(struct connection *connection, bool wanted) {
    if (connection->writable_wanted != wanted) {
        connection->writable_wanted = wanted;
        struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0), .data.ptr = connection};
        epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event);
    }
}

// Sends what was put, and then the rest of an upload, as far as the connection takes it.
static void flush(struct connection *connection) {
    size_t sent = 0;
    while (sent < connection->out_length || connection->upload_left > 0) {
        bool head = sent < connection->out_length;
        size_t rest = connection->upload_left < BLOCK ? (size_t) connection->upload_left : BLOCK;
        // a small body goes out with its head
        if (head && rest > 0 && rest < READ_SIZE) {
            put(connection, block, rest);
            connection->upload_left -= (int64_t) rest;
            count_bytes((int64_t) rest);
        }
        ssize_t took = head ? send(connection->fd, connection->out + sent, connection->out_length - sent, MSG_NOSIGNAL)
                            : send(connection->fd, block, rest, MSG_NOSIGNAL);
        if (took < 0) {
            // an error shows itself at the next read
            break;
        }
        if (head) {
            sent += (size_t) took;
        } else {
            connection->upload_left -= took;
            count_bytes(took);
        }
    }
    memmove(connection->out, connection->out + sent, connection->out_length - sent);
    connection->out_length -= sent;
    want_writable(connection, connection->out_length > 0 || connection->upload_left > 0);
}

static void start(struct slot *slot, int64_t since) {
    slot->since = since;
    slot->target = next_target();
    slot->busy = true;
    slot->refused = slot->mixed = false;
    slot->forsaken = NEVER;
    // not the first one of a connection, which is started while that is opened
    if (options.forsaken > 0 && slot->connection->turns > 0 && started % options.forsaken == 0) {
        slot->forsaken = started / options.forsaken % 2 == 0 ? WHEN_SENT : WHEN_ANSWERED;
    }
    slot->seen = 0;
    in_flight++;
    started++;
    protocol->start(slot);
}

// The place can take a request: at once the next one of a closed loop, or one of an open loop that is late.
void ready(struct slot *slot) {
    if (stopping || (options.requests > 0 && started == options.requests)) {
        return;
    }
    if (options.rate == 0) {
        start(slot, now());
    } else if (late_first != late_end) {
        start(slot, late[late_first++ % LATE_AT_MOST]);
    } else {
        idle[idle_count++] = slot;
    }
}

void refuse(struct slot *slot, const char *head) {
    slot->refused = true;
    count_failure(BAD_STATUS, head);
}

// Takes bytes of an answer, whose first ones must be the target's mark.
void body(struct slot *slot, const char *bytes, size_t count) {
    int64_t missing = slot->target->mark_length - slot->seen;
    if (missing > 0 && !slot->refused && !slot->mixed) {
        size_t compared = (size_t) missing < count ? (size_t) missing : count;
        if (memcmp(slot->target->mark + slot->seen, bytes, compared) != 0) {
            slot->mixed = true;
            char what[400];
            snprintf(what, sizeof what, "%.*s (expected: %s)", count < 120 ? (int) count : 120, bytes,
                    slot->target->mark);
            count_failure(MIXED_UP, what);
        }
    }
    slot->seen += (int64_t) count;
    slot->left -= (int64_t) count;
    count_bytes((int64_t) count);
}

static void stop(void) {
    end_measuring();
    stopping = true;
}

static void stop_after(int64_t ended) {
    if (options.requests > 0 && ended == options.requests) {
        stop();
    }
}

static void open_connection(struct connection *);

static void reopen(struct connection *connection) {
    for (int i = idle_count - 1; i >= 0; i--) {
        if (idle[i]->connection == connection) {
            idle[i] = idle[--idle_count];
        }
    }
    close(connection->fd);
    open_connection(connection);
}

void done(struct slot *slot) {
    slot->busy = false;
    in_flight--;
    if (!slot->refused && !slot->mixed) {
        stop_after(count_answer(now() - slot->since));
    }
    if (++slot->connection->turns == options.turns) {
        slot->connection->closing = true;
    }
    // a connection that is to be closed is closed by the loop, when nothing reads from it any more
    if (!slot->connection->closing) {
        ready(slot);
    }
}

// The connection is of no use any more: what is in flight on it is lost.
void broken(struct connection *connection, const char *why) {
    if (!connection->open) {
        count_failure(CUT_OFF, why);
        broken_count++;
    }
    for (int i = 0; i < connection->slot_count; i++) {
        struct slot *slot = &connection->slots[i];
        if (slot->busy) {
            slot->busy = false;
            in_flight--;
            char what[200];
            snprintf(what, sizeof what, "%s at %s, %lld bytes after its head", why, slot->target->host,
                    (long long) slot->seen);
            count_failure(CUT_OFF, what);
            broken_count++;
        }
    }
    if (broken_count > BROKEN_AT_MOST) {
        fprintf(stderr, "too many connections are lost\n");
        exit(4);
    }
    connection->closing = true;
}

static void open_connection(struct connection *connection) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t) options.port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    connection->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(connection->fd, (struct sockaddr *) &address, sizeof address) != 0) {
        perror("connect");
        exit(2);
    }
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
    connection->writable_wanted = connection->closing = connection->open = false;
    connection->out_length = connection->in_length = 0;
    connection->upload_left = 0;
    connection->turns = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event);
    protocol->opened(connection);
    flush(connection);
}

static void read_from(struct connection *connection) {
    int64_t unread = protocol->unread == NULL ? 0 : protocol->unread(connection);
    bool drop = unread > DROP_FROM;
    // MSG_TRUNC lets the kernel throw away what would only be counted here
    ssize_t count = drop
            ? recv(connection->fd, input, (size_t) (unread < DROP_AT_MOST ? unread - 1 : DROP_AT_MOST), MSG_TRUNC)
            : recv(connection->fd, input, sizeof input, 0);
    if (count < 0 && errno == EAGAIN) {
        return;
    }
    if (count <= 0) {
        broken(connection, count == 0 ? "the end of the connection" : strerror(errno));
    } else if (drop) {
        body(&connection->slots[0], NULL, (size_t) count);
    } else {
        protocol->received(connection, input, (size_t) count);
    }
}

// Gives up the request that is to be: when it is sent, be its body or not, or while the answer comes; half of them with a reset.
static void forsake(struct connection *connection) {
    struct slot *slot = &connection->slots[0];
    bool due = slot->forsaken == WHEN_SENT ? connection->out_length == 0 : slot->forsaken == WHEN_ANSWERED && slot->seen > 0;
    if (!slot->busy || !due) {
        return;
    }
    slot->busy = false;
    in_flight--;
    if (forsaken_count++ % 2 == 0) {
        struct linger at_once = {.l_onoff = 1};
        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    stop_after(count_forsaken());
    reopen(connection);
}

static bool has_request(const struct connection *connection) {
    for (int i = 0; i < connection->slot_count; i++) {
        if (connection->slots[i].busy) {
            return true;
        }
    }
    return false;
}

static void serve(struct connection *connection, uint32_t events) {
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        read_from(connection);
    }
    if (connection->closing && !has_request(connection)) {
        reopen(connection);
    } else {
        flush(connection);
        forsake(connection);
    }
}

// Starts the requests of an open loop that are due, and says how long it may wait for the next one.
static int64_t pace(int64_t *next, int64_t time) {
    while (*next <= time) {
        if (idle_count > 0) {
            struct slot *slot = idle[--idle_count];
            start(slot, *next);
            flush(slot->connection);
        } else if (late_end - late_first < LATE_AT_MOST) {
            late[late_end++ % LATE_AT_MOST] = *next;
        } else {
            fprintf(stderr, "the rate is not kept up\n");
            exit(5);
        }
        *next += SECOND / options.rate;
    }
    return *next - now();
}

static void run(void) {
    int64_t begin = now() + (int64_t) (options.warm * 1e9), end = begin + (int64_t) (options.seconds * 1e9);
    int64_t next = now(), give_up = end + DRAIN;
    bool measured = is_measuring();
    struct epoll_event events[256];
    while (!stopping || in_flight > 0) {
        int64_t time = now(), wait = SECOND / 50;
        if (!measured && time >= begin) {
            measured = true;
            begin_measuring();
        } else if (is_measuring() && time >= end) {
            stop();
        } else if (time >= give_up) {
            fprintf(stderr, "%d answers do not come\n", in_flight);
            for (int i = 0; i < options.connections; i++) {
                broken(&connections[i], "no answer until the end");
            }
            return;
        }
        if (options.rate > 0 && !stopping) {
            int64_t until_next = pace(&next, time);
            wait = until_next < 0 ? 0 : until_next < wait ? until_next : wait;
        }
        struct timespec timeout = {.tv_nsec = wait};
        int count = epoll_pwait2(poller, events, 256, &timeout, NULL);
        for (int i = 0; i < count; i++) {
            serve(events[i].data.ptr, events[i].events);
        }
    }
}

static const struct option words[] = {{"port", 1, NULL, 'p'}, {"connections", 1, NULL, 'c'}, {"streams", 1, NULL, 's'},
        {"rate", 1, NULL, 'r'}, {"requests", 1, NULL, 'n'}, {"warm", 1, NULL, 'w'}, {"seconds", 1, NULL, 't'},
        {"answer", 1, NULL, 'a'}, {"upload", 1, NULL, 'u'}, {"message", 1, NULL, 'm'}, {"turns", 1, NULL, 'k'}, {"forsaken", 1, NULL, 'f'}, {"protocol", 1, NULL, 'P'},
        {"targets", 1, NULL, 'T'}, {"proxy", 1, NULL, 'x'}, {"upstream", 1, NULL, 'y'}, {NULL, 0, NULL, 0}};

static void read_options(int count, char **arguments) {
    for (int word; (word = getopt_long(count, arguments, "", words, NULL)) != -1;) {
        switch (word) {
            case 'p': options.port = atoi(optarg); break;
            case 'c': options.connections = atoi(optarg); break;
            case 's': options.streams = atoi(optarg); break;
            case 'r': options.rate = atoll(optarg); break;
            case 'n': options.requests = atoll(optarg); break;
            case 'w': options.warm = atof(optarg); break;
            case 't': options.seconds = atof(optarg); break;
            case 'a': options.answer = atoll(optarg); break;
            case 'u': options.upload = atoll(optarg); break;
            case 'm': options.message = atoi(optarg); break;
            case 'k': options.turns = atoi(optarg); break;
            case 'f': options.forsaken = atoi(optarg); break;
            case 'P': options.protocol = optarg; break;
            case 'T': options.targets = optarg; break;
            case 'x': options.proxy = optarg; break;
            case 'y': options.upstream = optarg; break;
            default: exit(1);
        }
    }
    if (options.targets == NULL || options.port == 0 || options.streams < 1 || options.streams > SLOTS_AT_MOST) {
        fprintf(stderr, "--targets and --port are needed, and --streams from 1 to %d\n", SLOTS_AT_MOST);
        exit(1);
    }
}

int main(int count, char **arguments) {
    read_options(count, arguments);
    protocol = strcmp(options.protocol, "http2") == 0 ? &http2
            : strcmp(options.protocol, "websocket") == 0 ? &websocket : &http1;
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    memset(block, 'u', sizeof block);
    read_targets(protocol);
    poller = epoll_create1(0);
    int slots = protocol == &http2 ? options.streams : 1;
    idle = calloc((size_t) options.connections * (size_t) slots, sizeof *idle);
    connections = calloc((size_t) options.connections, sizeof *connections);
    if (options.warm == 0) {
        begin_measuring();
    }
    for (int i = 0; i < options.connections; i++) {
        struct connection *connection = &connections[i];
        connection->slot_count = slots;
        connection->slots = calloc((size_t) slots, sizeof *connection->slots);
        connection->in = malloc(READ_SIZE + 2 * LARGEST_HEAD);
        for (int j = 0; j < slots; j++) {
            connection->slots[j].connection = connection;
        }
        open_connection(connection);
    }
    run();
    report();
    return 0;
}
