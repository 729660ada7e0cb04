package io.sandgate.api.e2b;

import io.sandgate.sandbox.CreateSandbox;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.SandboxManager;
import io.sandgate.sandbox.SandboxNetwork;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.Snapshot;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.runtime.Usage;
import io.sandgate.sandbox.tenant.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Sandboxes in memory, without processes.
final class FakeSandboxes implements SandboxManager {
    static final Instant START = Instant.parse("2026-01-31T12:00:00.123456789Z");

    final Map<String, Sandbox> all = new ConcurrentHashMap<>();
    final Map<String, List<LogLine>> logs = new ConcurrentHashMap<>();
    final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();
    final AtomicInteger mostForking = new AtomicInteger();
    private final AtomicInteger forking = new AtomicInteger();
    final Map<String, List<Usage>> usages = new ConcurrentHashMap<>();
    final Map<String, Egress> egresses = new ConcurrentHashMap<>();
    final List<CreateSandbox> creates = new CopyOnWriteArrayList<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger counter = new AtomicInteger();
    private final String prefix;
    volatile Instant now = START;
    /// What the next changes throw.
    volatile @Nullable RuntimeException failure;
    /// What forks of a copy that is there throw.
    volatile @Nullable RuntimeException childFailure;
    /// What changes wait for.
    volatile CountDownLatch open = new CountDownLatch(0);
    /// What forks wait for.
    volatile CountDownLatch slowChildren = new CountDownLatch(0);
    /// What lists wait for.
    volatile CountDownLatch listOpen = new CountDownLatch(0);

    FakeSandboxes(String prefix) {
        this.prefix = prefix;
    }

    Sandbox add(String owner, SandboxState state, Instant startedAt, Map<String, String> metadata) {
        Sandbox sandbox = new Sandbox(nextId(), "u1", owner, "base", metadata, Map.of(), "127.64.0.1", state, startedAt,
                startedAt.plusSeconds(300), Duration.ofMinutes(5), OnTimeout.KILL, SandboxNetwork.PLAIN, false,
                Claim.NONE, 1);
        all.put(sandbox.id(), sandbox);
        return sandbox;
    }

    Sandbox add(String owner, SandboxState state) {
        return add(owner, state, now, Map.of());
    }

    private String nextId() {
        return "i" + prefix + String.format("%0" + (20 - prefix.length()) + "d", counter.incrementAndGet());
    }

    @Override
    public Sandbox create(CreateSandbox request) {
        change("create " + request.template());
        creates.add(request);
        Sandbox sandbox = new Sandbox(nextId(), "u1", request.owner(), request.template(), request.metadata(),
                request.environment(), "127.64.0.1", SandboxState.RUNNING, now, now.plus(request.timeout()),
                request.timeout(), request.onTimeout(), request.network(), request.autoResume(),
                request.claim(), 1);
        all.put(sandbox.id(), sandbox);
        return sandbox;
    }

    @Override
    public Optional<Sandbox> find(String id) {
        return Optional.ofNullable(all.get(id));
    }

    @Override
    public List<Sandbox> list() {
        await(listOpen);
        return new ArrayList<>(all.values());
    }

    @Override
    public void pause(String id, boolean memory) {
        change("pause " + id + (memory ? "" : " without memory"));
        Sandbox sandbox = existing(id);
        if (sandbox.state() != SandboxState.RUNNING) {
            throw new SandboxException(Reason.CONFLICT, "Sandbox " + id + " is already paused");
        }
        put(sandbox, memory ? SandboxState.PAUSED : SandboxState.STOPPED, now);
    }

    @Override
    public Connected connect(String id, Duration timeout, boolean memory) {
        change("connect " + id + " " + timeout + (memory ? "" : " without memory"));
        Sandbox sandbox = existing(id);
        if (sandbox.state() == SandboxState.KILLING) {
            throw new SandboxException(Reason.CONFLICT, "Sandbox " + id + " is being killed");
        }
        boolean paused = sandbox.state() != SandboxState.RUNNING;
        return new Connected(put(sandbox, SandboxState.RUNNING, now.plus(timeout)), paused);
    }

    @Override
    public void setTimeout(String id, Duration timeout) {
        change("setTimeout " + id + " " + timeout);
        Sandbox sandbox = existing(id);
        if (sandbox.state() != SandboxState.RUNNING) {
            throw new SandboxException(Reason.CONFLICT, "Sandbox " + id + " is not running");
        }
        put(sandbox, sandbox.state(), now.plus(timeout));
    }

    @Override
    public void refresh(String id, Duration duration) {
        change("refresh " + id + " " + duration);
        existing(id);
    }

    @Override
    public void setEgress(String id, Egress egress) {
        change("setEgress " + id + " " + egress);
        egresses.put(id, egress);
    }

    @Override
    public void kill(String id) {
        change("kill " + id);
        existing(id);
        all.remove(id);
    }

    @Override
    public List<LogLine> logs(String id) {
        return logs.getOrDefault(id, List.of());
    }

    @Override
    public List<Usage> usage(String id, long from, long to) {
        return usages.getOrDefault(id, List.of()).stream()
                .filter(usage -> from <= usage.time().getEpochSecond() && usage.time().getEpochSecond() <= to).toList();
    }

    @Override
    public Sandbox resume(String id, Duration timeout) {
        if (existing(id).state() == SandboxState.RUNNING) {
            throw new SandboxException(Reason.CONFLICT, "sandbox " + id + " is already running");
        }
        return connect(id, timeout, true).sandbox();
    }

    @Override
    public Snapshot snapshot(String id, Optional<String> name) {
        change("snapshot " + id + name.map(given -> " as " + given).orElse(""));
        return keep(existing(id), name, now);
    }

    /// Keeps a snapshot that has no sandbox.
    Snapshot keep(String owner, Optional<String> name, Instant createdAt) {
        return keep(add(owner, SandboxState.RUNNING), name, createdAt);
    }

    private Snapshot keep(Sandbox sandbox, Optional<String> name, Instant createdAt) {
        Snapshot snapshot = new Snapshot("s" + nextId().substring(1), sandbox.owner(), name, sandbox.id(),
                sandbox.template(), createdAt, 4_096);
        snapshots.put(snapshot.id(), snapshot);
        return snapshot;
    }

    @Override
    public List<Snapshot> snapshots() {
        await(listOpen);
        return new ArrayList<>(snapshots.values());
    }

    @Override
    public void deleteSnapshot(String id) {
        change("deleteSnapshot " + id);
        if (snapshots.remove(id) == null) {
            throw new SandboxException(Reason.NOT_FOUND, "snapshot: " + id + " is not here");
        }
    }

    @Override
    public Fork fork(String id, Duration timeout) {
        change("fork " + id + " " + timeout);
        Sandbox source = existing(id);
        return new Fork() {
            @Override
            public Sandbox another(Claim claim) {
                RuntimeException wanted = childFailure;
                if (wanted != null) {
                    throw wanted;
                }
                mostForking.accumulateAndGet(forking.incrementAndGet(), Math::max);
                try {
                    await(slowChildren);
                    return create(new CreateSandbox(source.template(), source.owner(), timeout, OnTimeout.KILL,
                            source.metadata(), source.environment(), source.network(), false).claiming(claim));
                } finally {
                    forking.decrementAndGet();
                }
            }

            @Override
            public void close() {
                calls.add("closed " + id);
            }
        };
    }

    @Override
    public void announceAll() {}

    @Override
    public void announce(String id) {}

    @Override
    public void close() {
        all.clear();
    }

    private Sandbox existing(String id) {
        return find(id).orElseThrow(() -> new SandboxException(Reason.NOT_FOUND, "sandbox: " + id + " is not here"));
    }

    Sandbox put(Sandbox s, SandboxState state, Instant endAt) {
        Sandbox next = new Sandbox(s.id(), s.uid(), s.owner(), s.template(), s.metadata(), s.environment(), s.address(),
                state, s.startedAt(), endAt, s.timeout(), s.onTimeout(), s.network(), s.autoResume(), s.claim(),
                s.routeVersion() + 1);
        all.put(s.id(), next);
        return next;
    }

    private void change(String call) {
        await(open);
        RuntimeException wanted = failure;
        if (wanted != null) {
            throw wanted;
        }
        calls.add(call);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
