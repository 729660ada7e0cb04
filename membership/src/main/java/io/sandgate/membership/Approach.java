package io.sandgate.membership;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the cluster listeners of the others may be, as discovery last said, or why it does not say.
///
/// A discovery that begins to fail is said once in the log, and once more when it works again. May be used from any thread.
final class Approach {
    private static final Logger log = LoggerFactory.getLogger(Approach.class);

    /// @param listeners where to look; those that were found before while discovery fails
    /// @param failure why discovery says nothing now; empty when it works
    record State(List<InetSocketAddress> listeners, String failure) {}

    private final Discovery discovery;
    private final Counter found;
    private final Counter failed;
    private volatile State state = new State(List.of(), "");

    Approach(Discovery discovery, MeterRegistry registry) {
        this.discovery = discovery;
        found = lookups(registry, "found");
        failed = lookups(registry, "failed");
    }

    private static Counter lookups(MeterRegistry registry, String result) {
        return Counter.builder("sandgate.membership.lookups")
                .description("Questions to DNS for the other members, by what came of them").tag("result", result)
                .register(registry);
    }

    /// What is known now; of a list, those whose names resolve. May block for a look at names.
    State state() {
        return discovery instanceof Discovery.Listed listed
                ? new State(listed.members().stream().map(member -> new InetSocketAddress(member.host(), member.port()))
                        .filter(at -> !at.isUnresolved()).toList(), "")
                : state;
    }

    /// What is asked, for people.
    String source() {
        return discovery.toString();
    }

    synchronized void found(List<InetSocketAddress> listeners) {
        found.increment();
        if (!state.failure().isEmpty()) {
            log.info("discovery.works source=\"{}\" listeners={}", discovery, listeners.size());
        }
        state = new State(List.copyOf(listeners), "");
    }

    synchronized void failed(String why) {
        failed.increment();
        if (state.failure().isEmpty()) {
            log.warn(
                    "discovery.failed source=\"{}\" detail=\"{}\" (members that are found already stay; asking again with "
                            + "each look for others)",
                    discovery, Printable.of(why));
        }
        state = new State(state.listeners(), why);
    }
}
