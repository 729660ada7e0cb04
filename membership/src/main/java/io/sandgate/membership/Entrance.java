package io.sandgate.membership;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether a replica that starts is in its cluster: outside -> in.
///
/// Implementation note. JGroups lets a replica that is not let in found a group of its own, and merges the two when it can:
/// by its view alone such a replica looks as the first one of its cluster does. So one that is alone knocks at the other
/// listeners. Where nobody listens, nobody is there: it is in, and the others will join it. Where somebody listens that did
/// not let it in, be it that he hangs, believes others, or is no replica at all, it stays outside and tries on. So does
/// one that cannot find out where the others are, and one whose id another living member has: it would take over what that
/// one owns, and withdraw what it does not know of.
///
/// The state may be read from any thread; looks are taken by one.
final class Entrance {
    private static final Logger log = LoggerFactory.getLogger(Entrance.class);
    /// More are not needed for a message.
    private static final int MOST_NAMED = 5;

    private final Approach approach;
    private final Function<List<InetSocketAddress>, List<InetSocketAddress>> listening;
    private final Supplier<Optional<Member>> twin;
    private final LongSupplier nanoTime;
    private final long since;
    private volatile String because;
    private volatile boolean in;
    private volatile boolean said;

    /// @param listening of some listeners, those at which somebody other than this replica takes connections
    /// @param twin another living member that has the id of this replica
    Entrance(Approach approach, Function<List<InetSocketAddress>, List<InetSocketAddress>> listening,
            Supplier<Optional<Member>> twin, LongSupplier nanoTime) {
        this.approach = approach;
        this.listening = listening;
        this.twin = twin;
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
        this.because = "it looks for the cluster by " + approach.source();
    }

    /// Looks how things stand, once the group has a view; blocks for as long as knocking takes.
    ///
    /// @param others how many others are in the view
    /// @return whether this replica is in, which stays so
    boolean look(int others) {
        if (!in && others > 0) {
            lookAmongOthers();
        } else if (!in) {
            lookAlone();
        }
        if (in && said) {
            log.info("cluster.let_in after={}", waited());
        }
        return in;
    }

    private void lookAmongOthers() {
        twin.get().ifPresentOrElse(other -> because = taken(other), () -> in = true);
    }

    /// That another living replica has the id.
    static String taken(Member other) {
        return "another living replica has its sandgate.replica.id, " + other.id()
                + ": the one with the peer listener " + other.peer() + " (stop one of them, or rename it)";
    }

    private void lookAlone() {
        Approach.State state = approach.state();
        List<InetSocketAddress> open = listening.apply(state.listeners());
        if (!open.isEmpty()) {
            because = "it is not let into the cluster: " + named(open) + " answered and did not take it in";
        } else if (!state.failure().isEmpty()) {
            because = "it cannot find the cluster: " + approach.source() + ": " + state.failure();
        } else {
            in = true;
        }
    }

    /// Says in the log that this replica is outside, if it is; the log then also says when it is in.
    void complain() {
        if (!in && !said) {
            said = true;
            log.warn("cluster.not_joined detail=\"{}\" (trying on; look at what these replicas log)", reason());
        }
    }

    /// Why this replica is outside, and for how long; empty when it is in.
    String reason() {
        return in ? "" : because + " (trying for " + waited().toSeconds() + " s)";
    }

    private Duration waited() {
        return Duration.ofNanos(nanoTime.getAsLong() - since);
    }

    private static String named(List<InetSocketAddress> listeners) {
        String first = listeners.stream().limit(MOST_NAMED)
                .map(at -> new Endpoint(at.getAddress().getHostAddress(), at.getPort()).toString())
                .collect(Collectors.joining(", "));
        return listeners.size() > MOST_NAMED ? first + " and " + (listeners.size() - MOST_NAMED) + " more" : first;
    }
}
