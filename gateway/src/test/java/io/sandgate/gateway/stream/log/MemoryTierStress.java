package io.sandgate.gateway.stream.log;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.gateway.stream.event.Origin;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/// Races of the memory tier; run by [io.sandgate.gateway.StressTest].
public final class MemoryTierStress {
    private static final Event EVENT = new Event("a.b", "", false, Instant.EPOCH, "", "", Map.of(), "{}",
            Event.Reach.REPLICA);
    private static final Origin ORIGIN = new Origin("r1", new Cursor("e", 1));
    private static final Buffer JSON = Buffer.buffer("{}");

    private static Entry entry(long seq) {
        return new Entry(seq, EVENT, ORIGIN, JSON);
    }

    /// Who sees the tip sees the entry in its slot, whole.
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Nothing yet.")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The first one.")
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Both.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A published place without its entry.")
    @State
    public static class Publish {
        private final MemoryTier memory = new MemoryTier(0, 4 * MemoryTier.OVERHEAD);

        @Actor
        public void append() {
            memory.append(entry(1));
            memory.append(entry(2));
        }

        @Actor
        public void read(I_Result result) {
            Optional<Read> read = memory.read(0, 10, 1_000);
            if (read.isEmpty()) {
                result.r1 = -1;
            } else if (read.get() instanceof Read.Entries found) {
                result.r1 = found.entries().size();
            }
        }
    }

    /// Who reads while the place is evicted gets the entry, or is told that it is gone, and never one in another's place.
    @JCStressTest
    @Outcome(id = "read", expect = Expect.ACCEPTABLE, desc = "It was there in time.")
    @Outcome(id = "gone", expect = Expect.ACCEPTABLE, desc = "It was evicted.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Neither the entry nor a place below the floor.")
    @State
    public static class Evict {
        private final MemoryTier memory = new MemoryTier(0, 4 * MemoryTier.OVERHEAD);

        public Evict() {
            memory.append(entry(1));
            memory.append(entry(2));
        }

        @Actor
        public void append() {
            memory.append(entry(3));
            memory.append(entry(4));
            memory.append(entry(5));
        }

        @Actor
        public void read(L_Result result) {
            Optional<Read> read = memory.read(0, 1, 1_000);
            if (read.isEmpty()) {
                result.r1 = memory.floor() > 1 ? "gone" : "missing above the floor";
            } else if (read.get() instanceof Read.Entries found) {
                result.r1 = found.entries().getFirst().seq() == 1 ? "read" : "another";
            } else {
                result.r1 = read.get().toString();
            }
        }
    }

    private MemoryTierStress() {}
}
