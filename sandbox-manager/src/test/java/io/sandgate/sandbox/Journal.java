package io.sandgate.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The steps that the fakes were asked for, in order, and the traps set for them: a step can fail, or be held until the
/// test lets it go.
final class Journal {

    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final Map<String, RuntimeException> failures = new ConcurrentHashMap<>();
    private final Map<String, Hold> holds = new ConcurrentHashMap<>();

    /// A step that waits.
    static final class Hold {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        void awaitEntered() {
            await(entered);
        }

        void release() {
            released.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(10, TimeUnit.SECONDS)) {
                    throw new AssertionError("waited in vain");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// The next call of a step fails.
    void failOnce(String step, RuntimeException failure) {
        failures.put(step, failure);
    }

    /// The next call of a step waits.
    Hold holdOnce(String step) {
        Hold hold = new Hold();
        holds.put(step, hold);
        return hold;
    }

    void step(String step) {
        steps.add(step);
        Hold hold = holds.remove(step);
        if (hold != null) {
            hold.entered.countDown();
            Hold.await(hold.released);
        }
        RuntimeException failure = failures.remove(step);
        if (failure != null) {
            throw failure;
        }
    }

    List<String> take() {
        List<String> taken = new ArrayList<>(steps);
        steps.clear();
        return taken;
    }
}
