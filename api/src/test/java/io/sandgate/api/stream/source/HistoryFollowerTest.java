package io.sandgate.api.stream.source;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class HistoryFollowerTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ListLog log = new ListLog();
    private final LifecycleHistory history = new LifecycleHistory(10_000, meters);
    private final ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Test
    void log_isReadFromItsBeginning_alsoFromTheDisk_andFollowed() {
        append(0, 1500);
        log.evict(1000);
        HistoryFollower follower = start();
        awaitKept(1500);
        append(1500, 1600);
        awaitKept(1600);
        log.replicated("r2", 1, event(5000));
        awaitKept(1601);
        follower.close();
        append(1600, 1700);
        pool.close();
        assertThat(kept()).isEqualTo(1601);
    }

    @Test
    void events_thatCameWhileItWoke_areNotMissed() throws InterruptedException {
        HistoryFollower follower = start();
        List<Thread> threads = List.of(Thread.ofVirtual().start(() -> append(0, 1000)),
                Thread.ofVirtual().start(() -> append(1000, 2000)));
        for (Thread thread : threads) {
            thread.join();
        }
        awaitKept(2000);
        follower.close();
    }

    @Test
    void event_thatComesWhenTheLogIsFoundRead_isNotMissed() {
        append(0, 1);
        log.atTip(() -> append(1, 2));
        HistoryFollower follower = start();
        awaitKept(2);
        follower.close();
    }

    @Test
    void log_thatStartsAnew_isFollowed_andWhatWasReadStays() {
        HistoryFollower follower = start();
        append(0, 10);
        awaitKept(10);
        log.lose();
        append(10, 20);
        awaitKept(20);
        assertThat(meters.get("sandgate.events.history.skipped").counter().count()).isEqualTo(1);
        follower.close();
    }

    @Test
    void entries_thatAreGoneBeforeTheyWereRead_arePassedOver() {
        log.hold();
        HistoryFollower follower = start();
        log.release();
        append(0, 10);
        awaitKept(10);
        log.hold();
        append(10, 30);
        log.forget(21);
        log.release();
        awaitKept(20);
        assertThat(meters.get("sandgate.events.history.skipped").counter().count()).isEqualTo(1);
        follower.close();
    }

    private HistoryFollower start() {
        return HistoryFollower.start(log, history, pool, meters);
    }

    private void append(int from, int to) {
        for (int i = from; i < to; i++) {
            log.append(event(i));
        }
    }

    private static Event event(int second) {
        return new Event("sandbox.updated", "sandbox/i1", false, Life.START.plusSeconds(second), "i1", "team",
                Map.of(), "{}", Reach.CLUSTER);
    }

    private void awaitKept(int count) {
        await().until(() -> kept() == count);
    }

    private int kept() {
        return history.find("team", event -> true, true, 0, 100_000).size();
    }
}
