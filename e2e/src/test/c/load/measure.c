#define _GNU_SOURCE
#include "load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Latencies are counted in classes that are at most 1/128 wide: 128 of them for each power of two.
enum { FINENESS = 128, CLASSES = 64 * FINENESS, PROCESSES_AT_MOST = 64 };

static int64_t classes[CLASSES];
static int64_t answers, forsaken, bytes_moved, failures[FAILURES];
static bool measuring;
static int64_t began, ended;

struct processes {
    int count;
    pid_t ids[PROCESSES_AT_MOST];
    int64_t before, after;
};
static struct processes proxy, upstream, self;
static double busy_before, busy_after, stolen_before, stolen_after;

static int class_of(int64_t nanos) {
    if (nanos < 2 * FINENESS) {
        return nanos < 0 ? 0 : (int) nanos;
    }
    int shift = 63 - __builtin_clzll((uint64_t) nanos) - 7;
    return shift * FINENESS + (int) (nanos >> shift);
}

static double lower_end_of(int class) {
    int shift = class < 2 * FINENESS ? 0 : class / FINENESS - 1;
    return ldexp(class - shift * FINENESS, shift);
}

static double percentile_micros(double percent) {
    int64_t rank = (int64_t) ceil((double) answers * percent / 100), seen = 0;
    for (int class = 0; class < CLASSES; class++) {
        seen += classes[class];
        if (classes[class] > 0 && seen >= rank) {
            return lower_end_of(class) / 1e3;
        }
    }
    return 0;
}

static void processes_of(struct processes *these, const char *list) {
    char *copy = strdup(list);
    for (char *word = strtok(copy, ","); word != NULL && these->count < PROCESSES_AT_MOST; word = strtok(NULL, ",")) {
        these->ids[these->count++] = atoi(word);
    }
    free(copy);
}

// User and system time of whole processes, with their threads that have ended.
static int64_t processor_nanos(const struct processes *these) {
    int64_t sum = 0;
    for (int i = 0; i < these->count; i++) {
        clockid_t clock;
        struct timespec spent;
        if (clock_getcpuclockid(these->ids[i], &clock) != 0 || clock_gettime(clock, &spent) != 0) {
            fprintf(stderr, "process %d is gone\n", these->ids[i]);
            exit(3);
        }
        sum += spent.tv_sec * 1000000000LL + spent.tv_nsec;
    }
    return sum;
}

// Seconds that the machine's cores were busy, and that they were kept from it.
static void machine_seconds(double *busy, double *stolen) {
    double user = 0, nice = 0, system = 0, idle, wait, hard = 0, soft = 0, steal = 0;
    FILE *stat = fopen("/proc/stat", "r");
    if (stat == NULL || fscanf(stat, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &user, &nice, &system, &idle, &wait, &hard,
            &soft, &steal) != 8) {
        steal = 0;
    }
    if (stat != NULL) {
        fclose(stat);
    }
    double ticks = (double) sysconf(_SC_CLK_TCK);
    *busy = (user + nice + system + hard + soft) / ticks;
    *stolen = steal / ticks;
}

void begin_measuring(void) {
    if (self.count == 0) {
        processes_of(&proxy, options.proxy);
        processes_of(&upstream, options.upstream);
        self.ids[self.count++] = getpid();
    }
    memset(classes, 0, sizeof classes);
    answers = forsaken = bytes_moved = 0;
    measuring = true;
    began = now();
    machine_seconds(&busy_before, &stolen_before);
    upstream.before = processor_nanos(&upstream);
    self.before = processor_nanos(&self);
    proxy.before = processor_nanos(&proxy);
}

void end_measuring(void) {
    proxy.after = processor_nanos(&proxy);
    self.after = processor_nanos(&self);
    upstream.after = processor_nanos(&upstream);
    machine_seconds(&busy_after, &stolen_after);
    ended = now();
    measuring = false;
}

bool is_measuring(void) {
    return measuring;
}

// Says how many requests have come to an end, as the next one does.
int64_t count_answer(int64_t took) {
    if (!measuring) {
        return 0;
    }
    classes[class_of(took)]++;
    return ++answers + forsaken;
}

int64_t count_forsaken(void) {
    return measuring ? answers + ++forsaken : 0;
}

// Failures count at every time: also while it warms up, and while the last answers are awaited.
void count_failure(enum failure failure, const char *what) {
    if (failures[failure]++ == 0) {
        fprintf(stderr, "%s: %.300s\n", (const char *[]){"bad status", "mixed up", "cut off"}[failure], what);
    }
}

void count_bytes(int64_t bytes) {
    if (measuring) {
        bytes_moved += bytes;
    }
}

static double spent(const struct processes *these) {
    return (double) (these->after - these->before) / 1e9;
}

void report(void) {
    double seconds = (double) (ended - began) / 1e9;
    double others = busy_after - busy_before - spent(&proxy) - spent(&upstream) - spent(&self);
    printf("{\"answers\":%lld,\"forsaken\":%lld,\"seconds\":%.6f,\"bytes\":%lld,\"badStatus\":%lld,\"mixedUp\":%lld,\"cutOff\":%lld,"
            "\"proxySeconds\":%.9f,\"upstreamSeconds\":%.9f,\"loadSeconds\":%.9f,\"otherCores\":%.3f,"
            "\"stolenCores\":%.3f,\"p50\":%.2f,\"p99\":%.2f,\"p999\":%.2f}\n",
            (long long) answers, (long long) forsaken, seconds, (long long) bytes_moved, (long long) failures[BAD_STATUS],
            (long long) failures[MIXED_UP], (long long) failures[CUT_OFF], spent(&proxy), spent(&upstream), spent(&self),
            fmax(0, others) / seconds, (stolen_after - stolen_before) / seconds, percentile_micros(50),
            percentile_micros(99), percentile_micros(99.9));
}
