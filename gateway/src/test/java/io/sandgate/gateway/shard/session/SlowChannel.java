package io.sandgate.gateway.shard.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;

/// One direction of a connection: what is put in arrives later, in order, and not while nothing is read, except for a little that
/// had been read already.
final class SlowChannel {
    private static final long MILLI = 1_000_000;

    private final SessionWorld world;
    private final SplittableRandom random;
    private final Queue<Runnable> unread = new ArrayDeque<>();
    private long lastArrival;
    private boolean paused;
    private int readAlready;

    SlowChannel(SessionWorld world, SplittableRandom random) {
        this.world = world;
        this.random = random;
    }

    void put(Runnable action) {
        boolean slow = world.isFaulty() && random.nextInt(50) == 0;
        lastArrival = Math.max(lastArrival, world.now() + random.nextInt(slow ? 3_000 : 20) * MILLI);
        world.loop.after(Duration.ofNanos(lastArrival - world.now()), () -> {
            if (!unread.isEmpty() || (paused && readAlready-- <= 0)) {
                unread.add(action);
            } else {
                action.run();
            }
        });
    }

    void pause() {
        paused = true;
        readAlready = random.nextInt(4);
    }

    void resume() {
        paused = false;
        world.loop.execute(() -> {
            while (!paused && !unread.isEmpty()) {
                unread.remove().run();
            }
        });
    }
}
