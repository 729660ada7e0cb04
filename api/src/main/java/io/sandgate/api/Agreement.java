package io.sandgate.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.membership.Membership;
import io.sandgate.membership.SweepRule;
import io.sandgate.membership.SweepVerdict;
import io.sandgate.proxy.replicate.Sweeper;
import io.sandgate.proxy.replicate.Witnesses.Testimony;
import io.sandgate.sandbox.SandboxManager;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a replica that has joined know what the others know, and keeps it so.
final class Agreement {
    private static final Logger log = LoggerFactory.getLogger(Agreement.class);

    private final Membership membership;
    private final Routing routing;
    private final SandboxManager sandboxes;
    private final Duration patience;

    /// @param patience how long a start waits for what the others have
    Agreement(Membership membership, Routing routing, SandboxManager sandboxes, Duration patience) {
        this.membership = membership;
        this.routing = routing;
        this.sandboxes = sandboxes;
        this.patience = patience;
        membership.onFenced(this::compareAnew);
    }

    /// Fetches the routes of the others, and announces the sandboxes that are here.
    ///
    /// @param complete runs when everything was fetched, which may be after this has returned
    void catchUp(SandboxRoutes announcer, Runnable complete) {
        Following.follow(membership, routing.watch());
        CompletionStage<Void> fetched = new Joining(membership, routing.watch(), routing.reconciler()::mergeAll,
                routing.loop()).run();
        try {
            Stages.await(fetched, patience);
        } catch (TimeoutException e) {
            log.warn("join.incomplete after={} (serving what is here; what is missing is asked for on first use)",
                    patience);
        }
        sandboxes.announceAll();
        // Not before the fetch has ended: what is missing from a list that counts as complete is deleted by the peers.
        fetched.thenRun(() -> {
            announcer.withdrawLeftovers(id -> sandboxes.find(id).isPresent());
            complete.run();
        });
    }

    /// A key that was revoked while this replica was away must not open it again.
    void learnKeys(CompletionStage<Void> learnt) {
        try {
            Stages.await(learnt, patience);
        } catch (TimeoutException e) {
            log.warn("join.keys_incomplete after={} (serving with the keys that are here, and asking on)", patience);
        }
    }

    /// Keeps this replica's copies and those of others the same from now on, and what dead ones left cleared.
    void keep(Vertx vertx, MeterRegistry meters) {
        String self = membership.self().id();
        routing.table().onChange(
                new Reassertion(self, sandbox -> Thread.ofVirtual().start(() -> sandboxes.announce(sandbox))));
        membership.onHeartbeat(routing.differences());
        routing.differences().start(check -> vertx.executeBlocking(Executors.callable(check)));
        new Sweeper(self, routing.table(), routing.digests(), routing.sync(), new Sweeper.View() {
            @Override
            public SweepVerdict verdict() {
                return SweepRule.verdict(membership);
            }

            @Override
            public boolean isDead(String authority) {
                return SweepRule.mayClear(membership, authority);
            }

            @Override
            public CompletionStage<Testimony> look(String authority) {
                // One that is still here says of itself that it is not healthy.
                boolean visible = membership.members().stream().anyMatch(member -> member.id().equals(authority));
                return visible
                        ? CompletableFuture.completedStage(Testimony.NOT_REACHED)
                        : routing.witnesses().look(authority);
            }
        }, routing.loop(), meters).start();
    }

    /// A fence is lifted when everything that the others list of their own has been fetched.
    private void compareAnew() {
        membership.members().forEach(member -> routing.watch().fetchFrom(member.id()));
        routing.watch().caughtUp().thenRun(membership::reconciled);
    }
}
