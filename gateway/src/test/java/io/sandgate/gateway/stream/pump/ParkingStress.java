package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader;
import io.sandgate.gateway.stream.event.Origin;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// Races between who parks and who appends; run by [io.sandgate.gateway.StressTest].
public final class ParkingStress {
    private static final Event EVENT = new Event("a.b", "", false, Instant.EPOCH, "", "", Map.of(), "{}",
            Event.Reach.REPLICA);
    private static final Entry ENTRY = new Entry(1, EVENT, new Origin("r1", new Cursor("e", 1)), Buffer.buffer("{}"));
    private static final Subscription ALL = new Subscription(Optional.empty(), Filter.ALL,
            new Start.After(new Cursor("e", 0)));

    /// A pump that rests at the tip of an empty log, on a loop whose tasks wait to be run.
    private static final class Resting implements Loop, EventReader, PumpObserver {
        final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        final AtomicLong tip = new AtomicLong();
        final Parking parking = new Parking(this, Duration.ZERO);
        final Pump pump = new Pump(this, ALL, new Sink(), this, task -> {}, parking, PumpSettings.DEFAULT, this);

        Resting() {
            pump.start("r1");
        }

        void append() {
            tip.setRelease(1);
            parking.appended();
        }

        void runOne() {
            Runnable task = tasks.poll();
            if (task != null) {
                task.run();
            }
        }

        @Override
        public void execute(Runnable action) {
            tasks.add(action);
        }

        @Override
        public Timer after(Duration delay, Runnable action) {
            tasks.add(action);
            return () -> {};
        }

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public Extent extent() {
            return new Extent("e", 1, tip.getAcquire());
        }

        @Override
        public Read read(Cursor after, int maxEntries, int maxBytes) {
            return tip.getAcquire() > after.seq() ? new Read.Entries(List.of(ENTRY)) : new Read.AtTip();
        }

        @Override
        public Read readStored(Cursor after, int maxEntries, int maxBytes) {
            return read(after, maxEntries, maxBytes);
        }

        @Override
        public EventReader.State state() {
            return new EventReader.State(extent().end(), List.of());
        }

        @Override
        public Runnable onAppend(Runnable waker) {
            return () -> {};
        }

        @Override
        public void passed(int scanned, int sent) {}

        @Override
        public void ended(End end) {}
    }

    /// Who appends while a pump parks is seen by it, or wakes it.
    @JCStressTest
    @Outcome(id = "seen", expect = Expect.ACCEPTABLE, desc = "The pump read it.")
    @Outcome(id = "woken", expect = Expect.ACCEPTABLE, desc = "A task is due that will.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It rests, and nobody will wake it.")
    @org.openjdk.jcstress.annotations.State
    public static class AppendOrPark {
        private final Resting resting = new Resting();

        public AppendOrPark() {
            // a wake for nothing: the loop's task looks at the tip and parks anew
            resting.parking.appended();
        }

        @Actor
        public void loop() {
            resting.runOne();
        }

        @Actor
        public void append() {
            resting.append();
        }

        @Arbiter
        public void look(L_Result result) {
            boolean seen = resting.pump.cursor().seq() == 1;
            result.r1 = seen ? "seen" : resting.tasks.isEmpty() ? "lost" : "woken";
        }
    }

    /// Two who append make one task.
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "One task for both.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "No task, or one for each.")
    @org.openjdk.jcstress.annotations.State
    public static class TwoWakers {
        private final Resting resting = new Resting();

        @Actor
        public void first() {
            resting.append();
        }

        @Actor
        public void second() {
            resting.append();
        }

        @Arbiter
        public void count(I_Result result) {
            result.r1 = resting.tasks.size();
        }
    }
}
