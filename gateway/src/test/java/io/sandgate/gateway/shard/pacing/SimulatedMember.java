package io.sandgate.gateway.shard.pacing;

import io.sandgate.gateway.shard.pacing.PermitReport.Kind;
import io.sandgate.gateway.shard.protocol.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A replica that holds shards: it polls with one request at a time, and sends an IDENTIFY for a permit while its life lasts, by
/// its own clock.
final class SimulatedMember {
    private static final Duration REQUEST_TIMEOUT = Duration.ofMillis(1500);
    private static final Duration RETRY = Duration.ofMillis(100);

    private enum State {
        DOWN, WAITING, HOLDING, SENT, READY
    }

    private static final class Connection {
        final ShardId shard;
        long attempt = 1;
        State state = State.WAITING;

        Connection(ShardId shard) {
            this.shard = shard;
        }
    }

    private final PacingWorld world;
    private final String name;
    private final List<Connection> connections;
    private final List<PermitReport> reports = new ArrayList<>();
    private long incarnation = 1;
    private long request;
    private boolean polling;
    private long pausedUntil;

    SimulatedMember(PacingWorld world, String name, List<ShardId> shards) {
        this.world = world;
        this.name = name;
        connections = shards.stream().map(Connection::new).toList();
        pausedUntil = world.now();
    }

    boolean isReady() {
        return connections.stream().allMatch(connection -> connection.state == State.READY);
    }

    void pause(Duration time) {
        pausedUntil = world.now() + time.toNanos();
    }

    /// Runs it when the process does, if it is still the same one.
    private void awake(long life, Runnable action) {
        if (life != incarnation) {
            return;
        }
        long pause = pausedUntil - world.now();
        if (pause > 0) {
            world.after(Duration.ofNanos(pause), () -> awake(life, action));
        } else {
            action.run();
        }
    }

    private void later(Duration delay, Runnable action) {
        long life = incarnation;
        world.after(delay, () -> awake(life, action));
    }

    void poll() {
        if (polling) {
            return;
        }
        polling = true;
        long number = ++request;
        long life = incarnation;
        long sentAt = world.now();
        List<Waiting> waiting = connections.stream().filter(connection -> connection.state == State.WAITING)
                .map(connection -> new Waiting(connection.shard, connection.attempt, true)).toList();
        List<PermitReport> sent = List.copyOf(reports);
        world.request(name, life, waiting, sent, permits -> awake(life, () -> {
            if (number != request || !polling) {
                return;
            }
            reports.removeAll(sent);
            permits.forEach(permit -> take(permit, sentAt));
            polling = false;
            poll();
        }));
        later(REQUEST_TIMEOUT, () -> {
            if (number == request && polling) {
                polling = false;
                later(RETRY, this::poll);
            }
        });
    }

    private void take(Permit permit, long sentAt) {
        Connection connection = connection(permit.shard());
        if (connection.state != State.WAITING || connection.attempt != permit.attempt()) {
            reports.add(PacerDriver.reportOf(permit, Kind.UNUSED));
            return;
        }
        connection.state = State.HOLDING;
        Duration delay = world.hopDelay();
        if (delay.isZero()) {
            use(connection, permit, sentAt);
        } else {
            later(delay, () -> use(connection, permit, sentAt));
        }
    }

    private void use(Connection connection, Permit permit, long sentAt) {
        boolean current = connection.state == State.HOLDING && connection.attempt == permit.attempt();
        if (!current || world.now() - sentAt >= PacingSettings.DEFAULTS.permitLife().toNanos()) {
            reports.add(PacerDriver.reportOf(permit, Kind.UNUSED));
            if (current) {
                connection.state = State.WAITING;
            }
            return;
        }
        connection.state = State.SENT;
        reports.add(PacerDriver.reportOf(permit, Kind.USED));
        world.after(world.upstreamLatency(), () -> {
            world.upstream().identify(permit.shard(), name, world.now());
            boolean rejected = world.isRejected();
            later(world.upstreamLatency(), () -> answered(connection, permit, rejected));
        });
    }

    private void answered(Connection connection, Permit permit, boolean rejected) {
        if (connection.state != State.SENT || connection.attempt != permit.attempt()) {
            return;
        }
        if (rejected) {
            reports.add(PacerDriver.reportOf(permit, Kind.REJECTED));
            connection.attempt++;
            connection.state = State.WAITING;
        } else {
            connection.state = State.READY;
        }
    }

    private Connection connection(ShardId shard) {
        return connections.stream().filter(connection -> connection.shard.equals(shard)).findFirst().orElseThrow();
    }

    /// A connection ends, whatever it was doing, and a new one is dialled.
    void drop(int index, Duration dial) {
        Connection connection = connections.get(index % connections.size());
        if (connection.state == State.READY || connection.state == State.DOWN) {
            return;
        }
        connection.attempt++;
        connection.state = State.DOWN;
        later(dial, () -> {
            if (connection.state == State.DOWN) {
                connection.state = State.WAITING;
            }
        });
    }

    /// The process dies and comes back, with no session that is left for some of its shards.
    void restart(Duration down) {
        incarnation++;
        polling = false;
        request++;
        reports.clear();
        pausedUntil = world.now();
        for (Connection connection : connections) {
            if (connection.state != State.READY || world.random().nextInt(4) == 0) {
                connection.attempt = 1;
                connection.state = State.WAITING;
            }
        }
        later(down, this::poll);
    }
}
