package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Some subscribers over one log, in random schedules, against what a list says that each has to get.
class PumpSimulationTest {
    private static final int SEEDS = 3_000;
    private static final int STEPS = 150;
    private static final List<String> KINDS = List.of("sandbox.created", "sandbox.killed", "route.changed",
            "room.left");
    private static final PumpSettings SMALL = new PumpSettings(7, 400, 160, 5, 200, Duration.ofSeconds(15));

    @Test
    void subscribers_inAnySchedule_getExactlyWhatTheyWantInOrder() {
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                new World(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static final class World {
        private final Random random;
        private final StepLoop loop = new StepLoop();
        private final MemoryLog log = new MemoryLog();
        private final List<Runnable> work = new ArrayList<>();
        private final Parking parking = new Parking(loop, Duration.ofMillis(4));
        private final List<Follower> followers = new ArrayList<>();
        private boolean settling;

        World(int seed) {
            random = new Random(seed);
            log.onAppend(parking::appended);
            log.meanwhile = this::meanwhile;
        }

        /// What another thread does while the loop reads.
        private void meanwhile() {
            if (!settling && random.nextInt(4) == 0) {
                append();
            }
        }

        private void append() {
            log.append(MemoryLog.event(KINDS.get(random.nextInt(KINDS.size())), "s" + random.nextInt(4),
                    random.nextInt(4) == 0));
        }

        void run() {
            for (int i = 0; i < 3; i++) {
                followers.add(new Follower(this));
            }
            for (int i = 0; i < STEPS; i++) {
                act();
                if (i % 10 == 0) {
                    followers.forEach(Follower::check);
                }
            }
            settling = true;
            for (int i = 0; i < 1_000 && !followers.stream().allMatch(Follower::isDone); i++) {
                followers.forEach(Follower::giveRoom);
                while (!work.isEmpty()) {
                    work.removeFirst().run();
                }
                loop.settle();
                loop.pass(Duration.ofMillis(5));
                loop.settle();
            }
            followers.forEach(Follower::check);
            followers.forEach(Follower::checkRest);
        }

        private void act() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> append();
                case 3 -> {
                    for (int i = random.nextInt(20); i > 0; i--) {
                        append();
                    }
                }
                case 4, 5, 6, 7 -> loop.step();
                case 8 -> {
                    if (!work.isEmpty()) {
                        work.remove(random.nextInt(work.size())).run();
                    }
                }
                case 9 -> loop.pass(Duration.ofMillis(random.nextInt(6)));
                case 10 -> any().giveRoom();
                case 11 -> any().sink.room = 0;
                case 12 -> any().reconnect();
                default -> {
                    log.memoryFloor += random.nextInt((int) (log.all.size() + 2 - log.memoryFloor));
                    if (random.nextInt(8) == 0) {
                        log.floor += random.nextInt((int) (log.memoryFloor - log.floor + 1));
                    }
                }
            }
        }

        private Follower any() {
            return followers.get(random.nextInt(followers.size()));
        }
    }

    /// One client, over all its connections.
    private static final class Follower {
        private static final long NOT_YET = -1;
        private final World world;
        private final Filter filter;
        private Sink sink = new Sink();
        private Pump pump;
        private long from;
        private boolean snapshot;

        Follower(World world) {
            this.world = world;
            filter = switch (world.random.nextInt(3)) {
                case 0 -> Filter.ALL;
                case 1 -> new Filter(Set.of("sandbox"), Set.of(), Set.of(), Map.of());
                default -> new Filter(Set.of("room.left"), Set.of(), Set.of(), Map.of());
            };
            pump = connect(new Start.Oldest());
        }

        private Pump connect(Start start) {
            sink = new Sink();
            sink.room = 1 + world.random.nextInt(6);
            Subscription subscription = new Subscription(Optional.of("team"), filter, start);
            Pump created = new Pump(world.log, subscription, sink, world.loop, world.work::add, world.parking, SMALL,
                    new PumpObserver() {
                        @Override
                        public void passed(int scanned, int sent) {
                            assertThat(sent).isLessThanOrEqualTo(scanned);
                        }

                        @Override
                        public void ended(End end) {
                            assertThat(end).isEqualTo(End.LOST);
                        }
                    });
            from = switch (start) {
                case Start.After(Cursor cursor) -> cursor.seq();
                case Start.Oldest() -> world.log.floor - 1;
                // not before its state was read
                case Start.Snapshot() -> NOT_YET;
                case Start.Tip() -> world.log.all.size();
            };
            snapshot = start instanceof Start.Snapshot;
            // what other threads append while it starts is behind its place
            created.start("r1");
            return created;
        }

        void giveRoom() {
            boolean full = sink.isFull();
            sink.room = 1 + world.random.nextInt(10);
            if (full) {
                pump.drained();
            }
        }

        void reconnect() {
            check();
            long last = pump.cursor().seq();
            pump.closed();
            if ((snapshot && sink.count("state_end") == 0) || world.random.nextInt(5) == 0) {
                pump = connect(new Start.Snapshot());
            } else if (last + 1 >= world.log.floor) {
                pump = connect(new Start.After(new Cursor("e1", last)));
            } else {
                pump = connect(new Start.Oldest());
            }
        }

        void check() {
            if (sink.notes.isEmpty()) {
                assertThat(from).isEqualTo(NOT_YET);
                return;
            }
            if (from == NOT_YET) {
                from = Cursor.parse(sink.notes.getFirst().json().toJsonObject().getString("cursor")).orElseThrow()
                        .seq();
            }
            long cursor = pump.cursor().seq();
            assertThat(sink.seqs()).isEqualTo(wanted(from, cursor));
            if (snapshot) {
                List<Long> state = world.log.fold(from).stream().filter(entry -> filter.matches(entry.event()))
                        .map(Entry::seq).toList();
                List<Long> seen = sink.state.stream().map(Entry::seq).toList();
                assertThat(seen).isEqualTo(state.subList(0, seen.size()));
                assertThat(sink.count("state")).isEqualTo(1);
                if (sink.count("state_end") == 1) {
                    assertThat(seen).isEqualTo(state);
                } else {
                    assertThat(sink.events).isEmpty();
                }
            }
            assertThat(sink.count("live")).isLessThanOrEqualTo(1);
            if (sink.ended) {
                assertThat(cursor + 1).isLessThan(world.log.floor);
                Note end = sink.notes.getLast();
                assertThat(end.json().toJsonObject().getInteger("code")).isEqualTo(4009);
            }
        }

        private List<Long> wanted(long after, long upTo) {
            return world.log.all.subList((int) after, (int) upTo).stream()
                    .filter(entry -> filter.matches(entry.event())).map(Entry::seq).toList();
        }

        boolean isDone() {
            return sink.ended || (pump.cursor().seq() == world.log.all.size() && sink.count("live") == 1);
        }

        void checkRest() {
            if (sink.ended) {
                return;
            }
            assertThat(pump.cursor().seq()).as("no wake-up is lost").isEqualTo(world.log.all.size());
            assertThat(sink.count("live")).isEqualTo(1);
            assertThat(sink.types().getFirst()).isEqualTo("hello");
        }
    }
}
