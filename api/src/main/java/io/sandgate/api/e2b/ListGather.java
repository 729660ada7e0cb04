package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Member;
import io.sandgate.membership.Membership;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.stream.Collectors.joining;

/// Asks every other member for its part of a list, a bounded number of them at once, and takes what comes in time.
final class ListGather {
    private static final Logger log = LoggerFactory.getLogger(ListGather.class);

    /// Names the members whose part is missing.
    static final String MISSING = "X-Sandgate-Missing";

    private final PeerClient peers;
    private final Membership membership;
    private final int fanOut;
    private final Duration deadline;
    private final Counter missed;

    /// What the members answered.
    ///
    /// @param parts one of each member that answered, by its id
    /// @param missing the ids of those that did not
    record Gathered<T>(Map<String, T> parts, List<String> missing) {

        /// The reply that is made of them, with the names of those that did not.
        Reply named(Reply reply) {
            return missing.isEmpty() ? reply : reply.with(MISSING, missing.stream().sorted().collect(joining(",")));
        }
    }

    /// Reads what a member answered.
    interface Reader<T> {
        T read(Buffer body) throws IOException;
    }

    ListGather(PeerClient peers, Membership membership, int fanOut, Duration deadline, MeterRegistry meters) {
        this.peers = peers;
        this.membership = membership;
        this.fanOut = fanOut;
        this.deadline = deadline;
        this.missed = Counter.builder("sandgate.api.list.missing")
                .description("members that did not answer for their part of a list").register(meters);
    }

    /// Never fails. Belongs to the Vert.x context that it is called on.
    <T> Future<Gathered<T>> ask(PeerRequest call, Reader<T> reader) {
        String self = membership.self().id();
        Round<T> round = new Round<>(new ArrayDeque<>(
                membership.members().stream().filter(member -> !member.id().equals(self)).toList()), call, reader);
        for (int i = 0; i < fanOut; i++) {
            round.next();
        }
        return round.done.future();
    }

    /// One list; its state belongs to the context of the list.
    private final class Round<T> {
        private final Queue<Member> waiting;
        private final PeerRequest call;
        private final Reader<T> reader;
        private final Map<String, T> parts = new LinkedHashMap<>();
        private final List<String> missing = new ArrayList<>();
        private final Promise<Gathered<T>> done = Promise.promise();
        private int asked;

        Round(Queue<Member> waiting, PeerRequest call, Reader<T> reader) {
            this.waiting = waiting;
            this.call = call;
            this.reader = reader;
        }

        void next() {
            Member member = waiting.poll();
            if (member != null) {
                asked++;
                peers.send(member, call, "list", deadline).onComplete(result -> answered(member, result));
            } else if (asked == 0) {
                done.tryComplete(new Gathered<>(parts, missing));
            }
        }

        private void answered(Member member, AsyncResult<Reply> result) {
            try {
                parts.put(member.id(), reader.read(body(result)));
            } catch (IOException e) {
                missing.add(member.id());
                missed.increment();
                log.info("list.incomplete member={} reason={} requestId={}", member.id(), e.getMessage(),
                        call.request().requestId());
            }
            asked--;
            next();
        }
    }

    private static Buffer body(AsyncResult<Reply> result) throws IOException {
        if (result.failed()) {
            throw new IOException(String.valueOf(result.cause().getMessage()));
        }
        if (result.result().status() != 200) {
            throw new IOException("status " + result.result().status() + " (expected: 200)");
        }
        return result.result().body();
    }
}
