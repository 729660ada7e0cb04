// The load generator of the data plane's benchmark: one thread, many connections, three protocols.
//
//   load.c       the loop: connections, pacing, what is done with an answer
//   http1.c, http2.c, websocket.c
//                how a request is written and an answer is read
//   targets.c    who is asked, and what the answer must begin with
//   measure.c    latencies, processor clocks, the result as one line of JSON
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LARGEST_HEAD = 16384, SLOTS_AT_MOST = 64 };

struct options {
    int port;
    int connections;
    int streams;         // requests at once on one connection; more than one with HTTP/2 only
    int64_t rate;        // requests a second; 0: as many as are answered
    int64_t requests;    // how many are sent at most, and end the measurement; 0: the seconds end it
    double warm;         // seconds before the measurement
    double seconds;      // of the measurement, at most
    int64_t answer;      // length of an answer's body
    int64_t upload;      // length of a request's body; 0: GET
    int message;         // length of a WebSocket message
    int turns;           // answers after which a connection is closed; 0: it is kept
    int forsaken;        // of so many requests one is given up, with its connection; 0: none
    const char *protocol;
    const char *targets; // file with a Host and an address on each line
    const char *proxy;   // process ids whose processor time counts
    const char *upstream;
};

// Who is asked.
struct target {
    char *host;
    char *mark;          // what the body of each of its answers begins with
    int mark_length;
    char *request;       // as it is sent; with HTTP/2 the header block
    int request_length;
};

// One request in flight, or the place for one.
struct slot {
    struct connection *connection;
    struct target *target;
    int64_t since;       // when it should have been sent
    int64_t left;        // bytes of the answer's body that are missing; -1: its head is
    int64_t seen;
    uint32_t number;     // of the stream, or of the message
    bool busy;
    bool refused;        // the status is not 200
    bool mixed;          // it got bytes that are not its own
    enum { NEVER, WHEN_SENT, WHEN_ANSWERED } forsaken; // when it is given up
};

struct connection {
    int fd;
    int slot_count;
    struct slot *slots;
    bool writable_wanted;
    bool closing;
    char *out;           // what is to be sent
    size_t out_length, out_room;
    int64_t upload_left; // what follows it
    char *in;            // the beginning of something that is not whole
    size_t in_length;
    bool open;           // the protocol's handshake is done
    int turns;           // answers so far
    uint32_t next_stream;
    int64_t unacknowledged;
};

struct protocol {
    void (*prepare)(struct target *);
    void (*opened)(struct connection *);
    void (*start)(struct slot *);
    void (*received)(struct connection *, char *bytes, size_t count);
    int64_t (*unread)(struct connection *); // how many bytes may be dropped without a look; NULL: none
};

extern struct options options;
extern const struct protocol http1, http2, websocket;

// targets.c
struct target *next_target(void);
void read_targets(const struct protocol *);
int write_fields(char *to, size_t room, const char *format, const char *end);

// load.c, for the protocols
int64_t now(void);
void put(struct connection *, const void *bytes, size_t count);
void ready(struct slot *);
void refuse(struct slot *, const char *head);
void body(struct slot *, const char *bytes, size_t count);
void done(struct slot *);
void broken(struct connection *, const char *why);

// measure.c
enum failure { BAD_STATUS, MIXED_UP, CUT_OFF, FAILURES };
void begin_measuring(void);
void end_measuring(void);
bool is_measuring(void);
int64_t count_answer(int64_t took);
int64_t count_forsaken(void);
void count_failure(enum failure, const char *what);
void count_bytes(int64_t bytes);
void report(void);

#endif
