package io.sandgate.gateway.stream.replicate;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.membership.Member;
import io.sandgate.membership.MembershipChange;
import io.sandgate.proxy.replicate.Loop;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/// Pushes the events of this replica that are for all to every other member, each at its own pace, for as long as it is one.
///
/// All methods may be called from any thread; the work is done on the loop, and what may block on a worker.
public final class Replication implements AutoCloseable {
    private final EventReader reader;
    private final Loop loop;
    private final PeerFeed.Surroundings around;
    /// Changed on the loop only; metrics read it from other threads.
    private final Map<String, PeerFeed> feeds = new ConcurrentHashMap<>();
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private Runnable unsubscribe = () -> {};
    private long parcels;
    private boolean isClosed;

    /// Starts at once, with no members: to be made when what is the case at this replica is in its log, since a peer ends what
    /// it is not told of.
    ///
    /// @param self the id of this replica
    /// @param start larger with each start of the process: the first incarnation of it
    /// @param workers runs what may block on the disk
    /// @param random the source of the jitter
    public Replication(String self, long start, ReplicationSettings settings, EventReader reader,
            ParcelTransport transport, Loop loop, Executor workers, RandomGenerator random, MeterRegistry registry) {
        this.reader = reader;
        this.loop = loop;
        ReplicationMeters meters = new ReplicationMeters(registry);
        Permits permits = new Permits(settings.maxInFlight());
        this.around = new PeerFeed.Surroundings(self, settings, new FeedLog(self, reader, settings, workers),
                new PunctualTransport(transport, loop), loop, permits, () -> new Stamp(self, start, ++parcels),
                longest -> jitter(longest, random), meters);
        meters.inFlight(permits::inFlight);
        meters.lag(this::lag);
        loop.execute(() -> {
            if (!isClosed) {
                unsubscribe = reader.onAppend(this::wake);
            }
        });
    }

    private static Duration jitter(Duration longest, RandomGenerator random) {
        return Duration.ofNanos(random.nextLong(longest.toNanos() / 2, longest.toNanos() + 1));
    }

    private long lag() {
        long tip = reader.extent().tip();
        return feeds.values().stream().mapToLong(feed -> feed.behind(tip)).max().orElse(0);
    }

    /// Many appends become one look.
    private void wake() {
        if (isWoken.compareAndSet(false, true)) {
            loop.execute(() -> {
                isWoken.set(false);
                feeds.values().forEach(PeerFeed::wake);
            });
        }
    }

    /// Begins, goes on elsewhere, or ends with a member. To be called for all members that there are, too.
    public void onChange(MembershipChange change) {
        loop.execute(() -> {
            Member member = change.member();
            if (!isClosed && !member.id().equals(around.self())) {
                switch (change) {
                    case MembershipChange.Left _ -> left(member);
                    case MembershipChange.Joined _,MembershipChange.Updated _,MembershipChange.Merged _ ->
                        present(member);
                }
            }
        });
    }

    private void present(Member member) {
        PeerFeed known = feeds.get(member.id());
        if (known != null && known.peer().incarnation() >= member.incarnation()) {
            if (known.peer().incarnation() == member.incarnation()) {
                known.moved(member);
            }
            return;
        }
        if (known != null) {
            known.close();
        }
        PeerFeed feed = new PeerFeed(member, around);
        feeds.put(member.id(), feed);
        feed.wake();
    }

    private void left(Member member) {
        PeerFeed known = feeds.get(member.id());
        if (known != null && known.peer().incarnation() <= member.incarnation()) {
            known.close();
            feeds.remove(member.id());
        }
    }

    /// Ends all feeds; what is in flight is not waited for.
    @Override
    public void close() {
        loop.execute(() -> {
            isClosed = true;
            unsubscribe.run();
            feeds.values().forEach(PeerFeed::close);
            feeds.clear();
        });
    }
}
