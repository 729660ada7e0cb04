package io.sandgate.gateway.shard.session;

import io.sandgate.gateway.shard.protocol.CloseRule;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.proxy.replicate.Loop;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A replica that gives each session its turn at once and writes down what it is told.
final class FakeSurroundings implements Surroundings {
    final List<String> fates = new ArrayList<>();
    final List<CloseRule> refusals = new ArrayList<>();
    final List<Long> seen = new ArrayList<>();
    Optional<URI> gateway = Optional.of(URI.create("wss://gateway.example"));
    Runnable onChange = () -> {};
    Runnable onFate = () -> {};
    int turns;
    int sessions;
    int disconnections;
    private final Loop loop;
    private long attempts;

    FakeSurroundings(Loop loop) {
        this.loop = loop;
    }

    @Override
    public Optional<URI> gateway() {
        return gateway;
    }

    @Override
    public boolean handsOn(ShardId shard) {
        return true;
    }

    @Override
    public long nextAttempt() {
        return ++attempts;
    }

    @Override
    public Runnable turn(Runnable action) {
        AtomicBoolean wanted = new AtomicBoolean(true);
        turns++;
        loop.execute(() -> {
            if (wanted.get()) {
                action.run();
            }
        });
        return () -> {
            if (wanted.getAndSet(false)) {
                turns--;
            }
        };
    }

    @Override
    public void changed(ShardSession session) {
        onChange.run();
    }

    @Override
    public void permitUsed(long permit, ShardId shard, PermitFate fate) {
        fates.add(permit + " " + fate);
        onFate.run();
    }

    @Override
    public void refused(ShardSession session, CloseRule rule, int code) {
        refusals.add(rule);
    }

    @Override
    public void seen(ShardSession session, Payload event) {
        seen.add(event.sequence());
    }

    @Override
    public void ready(ShardSession session) {
        sessions++;
    }

    @Override
    public void disconnected(ShardSession session) {
        disconnections++;
    }
}
