package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Fault.AskHeartbeat;
import io.sandgate.e2e.upstream.Fault.Backwards;
import io.sandgate.e2e.upstream.Fault.Bomb;
import io.sandgate.e2e.upstream.Fault.Close;
import io.sandgate.e2e.upstream.Fault.Drop;
import io.sandgate.e2e.upstream.Fault.InvalidSession;
import io.sandgate.e2e.upstream.Fault.NotJson;
import io.sandgate.e2e.upstream.Fault.Reconnect;
import io.sandgate.e2e.upstream.Fault.UnknownOpcode;
import io.sandgate.e2e.upstream.Fault.Zombie;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/// Faults at random, one after the other for as long as it runs: on one connection that has a session, or a mode for the next one
/// that it concerns. The seed decides which; on which connection depends on those that there are.
public final class RandomFaults implements AutoCloseable {

    /// What a correct client survives. Some of it costs an IDENTIFY each: op 9 with `d: false`, the codes 4003, 4007 and 4009,
    /// and a RESUME that is refused.
    public static final List<Fault> SURVIVABLE = List.of(new Close(4000), new Close(4001), new Close(4002),
            new Close(4003), new Close(4005), new Close(4007), new Close(4008), new Close(4009), new Close(1000),
            new Close(1001), new Close(1011), new Drop(), new Reconnect(), new InvalidSession(true),
            new InvalidSession(false), new Zombie(), new NotJson(), new UnknownOpcode(), new Backwards(),
            new AskHeartbeat(), new Bomb(64));
    /// The modes that a correct client survives: all.
    public static final List<Mode> SURVIVABLE_MODES = List.of(Mode.values());

    private final UpstreamState state;
    private final UpstreamLoop loop;
    private final SplittableRandom random;
    private final Duration pause;
    private final List<Fault> faults;
    private final List<Mode> modes;
    private final FaultInjection injection;
    private boolean over;

    RandomFaults(UpstreamState state, UpstreamLoop loop, long seed, double perSecond, List<Fault> faults,
            List<Mode> modes) {
        this.state = state;
        this.loop = loop;
        this.random = new SplittableRandom(seed);
        this.pause = Duration.ofNanos(Math.round(1e9 / perSecond));
        this.faults = List.copyOf(faults);
        this.modes = List.copyOf(modes);
        this.injection = new FaultInjection(state);
    }

    void tick() {
        if (over) {
            return;
        }
        int choice = random.nextInt(faults.size() + modes.size());
        int place = random.nextInt(Integer.MAX_VALUE);
        if (choice >= faults.size()) {
            state.modes().turn(modes.get(choice - faults.size()), 1);
        } else {
            List<Connection> connections = state.connections().stream()
                    .filter(connection -> connection.session().isPresent()).toList();
            if (!connections.isEmpty()) {
                injection.inject(faults.get(choice), connections.get(place % connections.size()));
            }
        }
        state.timer(pause, this::tick);
    }

    /// Ends it, and turns its modes off.
    @Override
    public void close() {
        loop.run(() -> {
            over = true;
            modes.forEach(mode -> state.modes().turn(mode, 0));
        });
    }
}
