package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Member;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks every other member for its part of a list, a bounded number of them at once, and takes what comes in time.
final class ListGather {
    private static final Logger log = LoggerFactory.getLogger(ListGather.class);

    private final PeerClient peers;
    private final int fanOut;
    private final Duration deadline;
    private final Counter missed;

    /// What the members answered.
    ///
    /// @param pages one of each member that answered
    /// @param missing the ids of those that did not
    record Gathered(List<ListPage> pages, List<String> missing) {}

    ListGather(PeerClient peers, int fanOut, Duration deadline, MeterRegistry meters) {
        this.peers = peers;
        this.fanOut = fanOut;
        this.deadline = deadline;
        this.missed = Counter.builder("sandgate.api.list.missing")
                .description("members that did not answer for their part of a list").register(meters);
    }

    /// Never fails. Belongs to the Vert.x context that it is called on.
    Future<Gathered> ask(List<Member> members, PeerRequest call) {
        Round round = new Round(new ArrayDeque<>(members), call);
        for (int i = 0; i < fanOut; i++) {
            round.next();
        }
        return round.done.future();
    }

    /// One list; its state belongs to the context of the list.
    private final class Round {
        private final Queue<Member> waiting;
        private final PeerRequest call;
        private final List<ListPage> pages = new ArrayList<>();
        private final List<String> missing = new ArrayList<>();
        private final Promise<Gathered> done = Promise.promise();
        private int asked;

        Round(Queue<Member> waiting, PeerRequest call) {
            this.waiting = waiting;
            this.call = call;
        }

        void next() {
            Member member = waiting.poll();
            if (member != null) {
                asked++;
                peers.send(member, call, "list", deadline).onComplete(result -> answered(member, result));
            } else if (asked == 0) {
                done.tryComplete(new Gathered(pages, missing));
            }
        }

        private void answered(Member member, AsyncResult<Reply> result) {
            try {
                pages.add(page(result));
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

    private static ListPage page(AsyncResult<Reply> result) throws IOException {
        if (result.failed()) {
            throw new IOException(String.valueOf(result.cause().getMessage()));
        }
        if (result.result().status() != 200) {
            throw new IOException("status " + result.result().status() + " (expected: 200)");
        }
        return ListPage.read(result.result().body());
    }
}
