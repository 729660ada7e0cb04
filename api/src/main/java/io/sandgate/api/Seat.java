package io.sandgate.api;

import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.membership.MembershipException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This replica's seat in its cluster, and whom it sees from there. Until it is taken there is nobody to be seen.
final class Seat implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Seat.class);

    private final String self;
    private final LongSupplier incarnations;
    private final Semaphore renewing = new Semaphore(1);
    private final AtomicReference<Membership> taken = new AtomicReference<>();

    /// @param incarnations the next one of this replica, which is on disk before it is used
    Seat(String self, LongSupplier incarnations) {
        this.self = self;
        this.incarnations = incarnations;
    }

    /// The incarnation to begin with.
    long incarnation() {
        return incarnations.getAsLong();
    }

    /// Takes it. From now on it is renewed by itself.
    Membership take(Membership membership) {
        taken.set(membership);
        membership.onReturned(() -> Thread.ofVirtual().name("return").start(() -> renew(membership)));
        return membership;
    }

    /// Waits until the replica is in, however long it takes: what ends it is a listener that cannot be opened, or being
    /// told to stop.
    void enter() {
        Membership membership = taken.get();
        if (membership == null) {
            throw new IllegalStateException("take() must come first");
        }
        try {
            membership.joined().toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while joining the cluster", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof MembershipException refused
                    ? refused
                    : new IllegalStateException(e.getCause());
        }
    }

    /// On a thread of its own, since the number is on disk before it is used. Returns are rare and far apart.
    private void renew(Membership membership) {
        if (renewing.tryAcquire()) {
            try {
                membership.renew(incarnations.getAsLong());
            } catch (MembershipException e) {
                log.warn("self.not_renewed error=\"{}\" (going on in the old incarnation)", e.getMessage());
            } finally {
                renewing.release();
            }
        }
    }

    /// All members but this replica.
    List<Member> others() {
        Membership membership = taken.get();
        return membership == null
                ? List.of()
                : membership.members().stream().filter(member -> !member.id().equals(self)).toList();
    }

    Optional<Member> lastKnown(String id) {
        return Optional.ofNullable(taken.get()).flatMap(membership -> membership.lastKnown(id));
    }

    boolean isRoutable(Member member) {
        Membership membership = taken.get();
        return membership != null && membership.health(member.id()) == MemberHealth.ROUTABLE;
    }

    /// Says to the others what this replica is about.
    void announce(MemberState state) {
        Membership membership = taken.get();
        if (membership != null) {
            membership.announce(state);
        }
    }

    @Override
    public void close() {
        Membership membership = taken.get();
        if (membership != null) {
            membership.close();
        }
    }
}
