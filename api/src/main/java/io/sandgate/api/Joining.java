package io.sandgate.api;

import io.sandgate.membership.Member;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.proxy.replicate.Loop;
import io.sandgate.proxy.replicate.PeerWatch;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the table of a joining replica complete: the own routes of every ready member, and then from one of them
/// whatever else there is, which includes the routes that this replica itself had before it was restarted.
final class Joining {
    private static final Logger log = LoggerFactory.getLogger(Joining.class);
    /// Every member of the view announces itself within a heartbeat of one second; one that does not is starting itself.
    private static final Duration ANNOUNCEMENTS = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Membership membership;
    private final PeerWatch watch;
    private final Function<Member, CompletionStage<Void>> rest;
    private final Loop loop;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /// @param rest takes from a member whatever it knows that is not known here
    Joining(Membership membership, PeerWatch watch, Function<Member, CompletionStage<Void>> rest, Loop loop) {
        this.membership = membership;
        this.watch = watch;
        this.rest = rest;
        this.loop = loop;
    }

    /// Done when the table is complete: never, while there are ready members and none of them gives its list.
    CompletionStage<Void> run() {
        loop.execute(() -> awaitAnnouncements(loop.nanoTime() + ANNOUNCEMENTS.toNanos()));
        return done;
    }

    private void awaitAnnouncements(long deadline) {
        if (membership.unannounced() > 0 && loop.nanoTime() < deadline) {
            loop.after(LOOK, () -> awaitAnnouncements(deadline));
            return;
        }
        watch.caughtUp().thenRun(() -> loop.execute(() -> fetchRest(ready().iterator())));
    }

    private List<Member> ready() {
        return membership.members().stream().filter(member -> !member.id().equals(membership.self().id()))
                .filter(member -> member.state() == MemberState.READY).toList();
    }

    private void fetchRest(Iterator<Member> donors) {
        if (!donors.hasNext()) {
            if (ready().isEmpty()) {
                done.complete(null);
            } else {
                loop.after(RETRY, () -> fetchRest(ready().iterator()));
            }
            return;
        }
        Member donor = donors.next();
        rest.apply(donor).whenComplete((ignored, error) -> loop.execute(() -> {
            if (error == null) {
                log.info("join.fetched donor={}", donor.id());
                done.complete(null);
            } else {
                log.info("join.fetch.failed donor={} error={} (asking another)", donor.id(), error.toString());
                fetchRest(donors);
            }
        }));
    }
}
