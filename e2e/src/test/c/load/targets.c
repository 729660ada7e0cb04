#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What a client of a sandbox sends beside its Host.
static const char *const fields[][2] = {
    {"user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
    {"accept", "application/json, text/plain, */*"},
    {"accept-language", "en-GB,en;q=0.7"},
    {"accept-encoding", "gzip, deflate, br, zstd"},
    {"referer", "https://console.example.test/sandboxes/today"},
    {"cookie", "session=4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e47; theme=light"},
    {"x-access-token", "c2FuZGJveC10b2tlbi1vZi1hLXRlbmFudA"},
    {"x-request-id", "7c9e6679-7425-40de-944b-e07fc1f90ae7"},
    {"cache-control", "no-cache"},
};

static struct target *targets;
static int target_count, next;

struct target *next_target(void) {
    struct target *target = &targets[next];
    next = next + 1 == target_count ? 0 : next + 1;
    return target;
}

// Appends each field in a format for name and value, and an end.
int write_fields(char *to, size_t room, const char *format, const char *end) {
    int length = 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        length += snprintf(to + length, room - (size_t) length, format, fields[i][0], fields[i][1]);
    }
    return length + snprintf(to + length, room - (size_t) length, "%s", end);
}

void read_targets(const struct protocol *protocol) {
    FILE *file = fopen(options.targets, "r");
    if (file == NULL) {
        perror(options.targets);
        exit(1);
    }
    char host[256], address[64];
    while (fscanf(file, "%255s %63s", host, address) == 2) {
        targets = realloc(targets, sizeof *targets * (size_t) (target_count + 1));
        struct target *target = &targets[target_count++];
        memset(target, 0, sizeof *target);
        target->host = strdup(host);
        target->mark_length = asprintf(&target->mark, "%s %s\n", host, address);
        protocol->prepare(target);
    }
    fclose(file);
    if (target_count == 0) {
        fprintf(stderr, "%s: no target (expected: lines with a Host and an address)\n", options.targets);
        exit(1);
    }
}
