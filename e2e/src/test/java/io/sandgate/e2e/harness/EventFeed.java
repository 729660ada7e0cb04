package io.sandgate.e2e.harness;

import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/// Makes events as fast as a replica takes them: each is the next version of one of some routes of its own.
///
/// They come as from a peer that knows what the replica itself said, a thousand in a request, over the peer listener of a
/// replica without a secret. The id of a route is the sandbox of its events. Confined to one thread.
public final class EventFeed {

    private static final int BATCH = 1_000;
    private static final AtomicInteger feeds = new AtomicInteger();

    private final Http http;
    private final ReplicaProcess replica;
    private final String prefix;
    private final int routes;
    private final IntFunction<String> owners;
    private int made;

    /// @param prefix that the routes' names begin with; no two feeds have a route together
    /// @param routes how many there are
    /// @param owners the owner of each route, by its number
    public EventFeed(Http http, ReplicaProcess replica, String prefix, int routes, IntFunction<String> owners) {
        this.http = http;
        this.replica = replica;
        this.prefix = prefix + feeds.incrementAndGet() + "x";
        this.routes = routes;
        this.owners = owners;
    }

    /// The name and id of a route.
    public String id(int route) {
        return String.format(Locale.ROOT, "%s%06d", prefix, route);
    }

    /// What all these names begin with, and no others do.
    public String prefix() {
        return prefix;
    }

    /// How many events it has made.
    public int made() {
        return made;
    }

    /// Makes so many events, of one route after the other.
    public void make(int events) {
        int end = made + events;
        while (made < end) {
            int size = Math.min(BATCH, end - made);
            String lines = IntStream.range(made, made + size).mapToObj(this::line).collect(Collectors.joining("\n"));
            Answer answer = http.send("POST", replica.peerUrl() + "/refresh/batch",
                    Map.of("Content-Type", "application/x-ndjson"), lines);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body().lines().filter(line -> !line.contains("applied"))).as("what was not taken")
                    .isEmpty();
            made += size;
        }
    }

    /// Makes so many events, or what a replica still takes that is about to end.
    public void makeUnlessGone(int events) {
        try {
            make(events);
        } catch (UncheckedIOException | AssertionError e) {
            // what it took of them is not known, and made again that would be ignored
            made += events;
        }
    }

    private String line(int number) {
        int route = number % routes;
        return String.format(Locale.ROOT, """
                {"namespace":"default","name":"%1$s","id":"%1$s","uid":"0c6f7f0a-5f0e-4c5f-9d3e-%2$012x",\
                "owner":"%3$s","ip":"127.127.0.9","state":"running","resourceVersion":"%4$d","authority":"%5$s",\
                "fed":true}""", id(route), route, owners.apply(route), 1 + number / routes, replica.id());
    }
}
