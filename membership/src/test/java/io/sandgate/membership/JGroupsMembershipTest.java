package io.sandgate.membership;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.MembershipChange.Joined;
import io.sandgate.membership.MembershipChange.Left;
import io.sandgate.membership.MembershipChange.Updated;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static io.sandgate.membership.Cluster.awaitMembers;
import static io.sandgate.membership.Cluster.settings;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class JGroupsMembershipTest {
    @RegisterExtension
    private final Cluster cluster = new Cluster();

    @Test
    void threeReplicas_thatStartAtOnce_formOneClusterAndSeeEachOther()
            throws IOException, ExecutionException, InterruptedException {
        List<Endpoint> all = Cluster.endpoints(3);
        List<Membership> replicas = new ArrayList<>();
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Membership>> starts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Endpoint bind = all.get(i);
                Member self = member("r" + i, 1);
                starts.add(starters.submit(() -> cluster.join(settings(bind, all), self)));
            }
            for (Future<Membership> start : starts) {
                replicas.add(start.get());
            }
        }

        replicas.forEach(replica -> awaitMembers(replica, "r0", "r1", "r2"));
        assertThat(replicas.get(0).members().get(2)).isEqualTo(member("r2", 1));
    }

    @Test
    void replica_thatIsAlone_isListedToItself() throws IOException {
        List<Endpoint> silent = List.of(Cluster.endpoints(1).getFirst(), new Endpoint("no-such-host.invalid", 7800));
        Membership alone = cluster.join(settings(Cluster.endpoints(1).getFirst(), silent), member("alone", 3));

        alone.announce(MemberState.READY);

        assertThat(alone.members()).containsExactly(member("alone", 3).in(MemberState.READY));
        assertThat(alone.self()).isEqualTo(member("alone", 3).in(MemberState.READY));
    }

    @Test
    void replica_isInvisible_untilItsOwnListenerAnswers() throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        AtomicBoolean answers = new AtomicBoolean();
        Membership first = cluster.join(settings(all.get(0), all), member("r0", 1));
        Membership second = cluster.join(settings(all.get(1), all), member("r1", 1),
                () -> CompletableFuture.completedFuture(answers.get()), new SimpleMeterRegistry());
        Queue<MembershipChange> heard = listen(first);
        awaitMembers(second, "r0", "r1");

        assertThat(first.members()).extracting(Member::id).containsExactly("r0");
        answers.set(true);
        awaitMembers(first, "r0", "r1");
        assertThat(heard).containsExactly(new Joined(member("r1", 1)));
    }

    @Test
    void replica_thatAnnouncesAStateAndLeaves_isSeenDoingSo() throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        Membership first = cluster.join(settings(all.get(0), all), member("r0", 1));
        Queue<MembershipChange> heard = listen(first);
        Membership second = cluster.join(settings(all.get(1), all), member("r1", 1));
        awaitMembers(first, "r0", "r1");
        Member draining = member("r1", 1).in(MemberState.DRAINING);

        second.announce(MemberState.DRAINING);
        await().until(() -> heard.contains(new Updated(draining)));
        second.close();
        second.close();

        awaitMembers(first, "r0");
        assertThat(heard).containsExactly(new Joined(member("r1", 1)), new Updated(draining), new Left(draining));
    }

    @Test
    void replica_thatRestarts_joinsAgainWithItsNewIncarnation() throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        Membership first = cluster.join(settings(all.get(0), all), member("r0", 1));
        Queue<MembershipChange> heard = listen(first);
        cluster.join(settings(all.get(1), all), member("r1", 1)).close();
        cluster.join(settings(all.get(1), all), member("r1", 2));

        await().until(() -> heard.contains(new Joined(member("r1", 2))));
        assertThat(first.members()).containsExactly(member("r0", 1), member("r1", 2));
    }

    @Test
    void replica_thatIsKilled_isFoundDead() throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        Membership first = cluster.join(settings(all.get(0), all), member("r0", 1));
        Queue<MembershipChange> heard = listen(first);
        Process second = ReplicaProcess.start("r1", all.get(1), all);
        try {
            awaitMembers(first, "r0", "r1");
        } finally {
            second.destroyForcibly();
        }

        awaitMembers(first, "r0");
        assertThat(heard).containsExactly(new Joined(member("r1", 1)), new Left(member("r1", 1)));
    }

    @Test
    void replica_thatIsStoppedUntilTheOthersDropIt_comesBackInANewIncarnation() throws Exception {
        List<Endpoint> all = Cluster.endpoints(3);
        Membership first = cluster.join(settings(all.get(0), all), member("r0", 1));
        Queue<MembershipChange> heard = listen(first);
        Membership second = cluster.join(settings(all.get(1), all), member("r1", 1));
        Process third = ReplicaProcess.start("r2", all.get(2), all);
        try {
            awaitMembers(first, "r0", "r1", "r2");
            signal(third, "STOP");
            awaitMembers(first, "r0", "r1");
            awaitMembers(second, "r0", "r1");
            signal(third, "CONT");

            await().atMost(Duration.ofSeconds(30)).until(() -> heard.contains(new Joined(member("r2", 1_001))));
            assertThat(first.self().incarnation()).isEqualTo(1);
            assertThat(second.self().incarnation()).isEqualTo(1);
        } finally {
            third.destroyForcibly();
        }
    }

    @Test
    void replica_whoseIdALivingOneHas_isNotSeenAndSaysItOnce_untilThatOneIsGone() throws IOException {
        List<Endpoint> all = Cluster.endpoints(3);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Membership first = cluster.join(settings(all.get(0), all), member("r0", 1));
        Queue<MembershipChange> heard = listen(first);
        Membership elder = cluster.join(settings(all.get(1), all), member("twin", 1));
        awaitMembers(first, "r0", "twin");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(MembershipMeters.class);
        logger.addAppender(log);
        Membership later;
        try {
            later = cluster
                    .closing(JGroupsMembership.join(settings(all.get(2), all), Optional.empty(), member("twin", 2),
                            Cluster.ANSWERS, () -> RouteSummary.NONE, meters));
            await().until(() -> meters.counter("sandgate.membership.ignored", "reason", "duplicate_id").count() >= 10);
        } finally {
            logger.detachAppender(log);
        }

        assertThat(later.outsideBecause()).startsWith("another living replica has its sandgate.replica.id, twin");
        assertThat(heard).containsExactly(new Joined(member("twin", 1)));
        assertThat(elder.members()).containsExactly(member("r0", 1), member("twin", 1));
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.startsWith("member.duplicate_id id=twin")).hasSize(1);
        elder.close();
        Cluster.in(later);
        await().until(() -> first.members().contains(member("twin", 2)));
    }

    @Test
    void replica_whoseIdWasTakenWhileItWasStopped_doesNotTakeItBack() throws Exception {
        List<Endpoint> all = Cluster.endpoints(3);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Membership first = cluster.join(settings(all.get(0), all), member("r0", 1), Cluster.ANSWERS, meters);
        Process elder = ReplicaProcess.start("twin", all.get(1), all);
        try {
            awaitMembers(first, "r0", "twin");
            signal(elder, "STOP");
            awaitMembers(first, "r0");
            cluster.join(settings(all.get(2), all), member("twin", 2));
            await().until(() -> first.members().contains(member("twin", 2)));
            signal(elder, "CONT");

            // It would have come back in its first heartbeats.
            await().atMost(Duration.ofSeconds(30)).until(
                    () -> meters.counter("sandgate.membership.ignored", "reason", "duplicate_id").count() >= 20);
            assertThat(first.members()).containsExactly(member("r0", 1), member("twin", 2));
        } finally {
            elder.destroyForcibly();
        }
    }

    private static void signal(Process process, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor()).isZero();
    }

    @Test
    void health_goesByTheHeartbeats_andTheyCarryTheSummary() throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        RouteSummary routes = new RouteSummary(5, 1);
        Membership first = cluster.join(settings(all.get(0), all), member("r0", 1));
        Queue<RouteSummary> summaries = new ConcurrentLinkedQueue<>();
        first.onHeartbeat((member, summary) -> summaries.add(summary));
        Membership second = cluster.join(settings(all.get(1), all), member("r1", 1), Cluster.ANSWERS,
                () -> routes, new SimpleMeterRegistry());
        awaitMembers(first, "r0", "r1");
        assertThat(first.health("r1")).isEqualTo(MemberHealth.NOT_ROUTABLE);
        assertThat(first.health("r0")).isEqualTo(MemberHealth.ROUTABLE);

        second.announce(MemberState.READY);
        await().until(() -> first.health("r1") == MemberHealth.ROUTABLE);
        await().until(() -> summaries.size() >= 2);
        assertThat(summaries).containsOnly(routes);
        second.close();
        await().until(() -> first.health("r1") == MemberHealth.NOT_ROUTABLE);
        await().until(() -> first.health("r1") == MemberHealth.DEAD);
    }

    @Test
    void replica_whoseLoopStandsStill_isFencedUntilItIsReconciled() throws Exception {
        List<Endpoint> all = Cluster.endpoints(2);
        Membership replica = cluster.join(settings(all.get(0), all), member("r0", 1));
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch fenced = new CountDownLatch(1);
        replica.onChange(change -> awaitLatch(goOn));
        replica.onFenced(() -> {
            throw new IllegalStateException("a listener that fails on purpose");
        });
        replica.onFenced(fenced::countDown);
        assertThat(replica.standing().fenced()).isFalse();

        cluster.join(settings(all.get(1), all), member("r1", 1));
        await().until(() -> replica.standing().fenced());
        assertThat(replica.standing().fencedBecause()).startsWith("it did not run for ");
        goOn.countDown();

        fenced.await();
        awaitMembers(replica, "r0", "r1");
        assertThat(replica.standing().fenced()).isTrue();
        await().until(() -> {
            replica.reconciled();
            return !replica.standing().fenced();
        });
    }

    @Test
    void port_thatIsTaken_isNamedWithItsSettingAndWhatToDo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Endpoint bind = new Endpoint("127.0.0.1", taken.getLocalPort());

            assertThatThrownBy(() -> cluster.join(settings(bind, List.of()), member("r0", 1)))
                    .isInstanceOf(MembershipException.class)
                    .hasMessageStartingWith("sandgate.cluster.port: " + bind.port() + ": " + bind + " is taken")
                    .hasMessageContaining("SANDGATE_CLUSTER_PORT");
        }
    }

    @Test
    void host_thatIsNoInterfaceOfThisMachine_isNamedWithItsSetting() {
        assertRefused("0.0.0.0", "sandgate.cluster.host: 0.0.0.0 (expected: the address of one interface");
        assertRefused("192.0.2.1", "sandgate.cluster.host: 192.0.2.1 (expected: an address of this machine)");
        assertRefused("no-such-host.invalid", "sandgate.cluster.host: no-such-host.invalid (expected: a host name");
    }

    @Test
    void membership_thatIsClosed_mayBeUsedOn() throws IOException {
        Membership closed = cluster.join(settings(Cluster.endpoints(1).getFirst(), List.of()), member("r0", 1));
        closed.close();

        closed.announce(MemberState.DRAINING);

        assertThat(closed.members()).containsExactly(member("r0", 1).in(MemberState.DRAINING));
    }

    private void assertRefused(String host, String message) {
        ClusterSettings settings = settings(new Endpoint(host, 7800), List.of());

        assertThatThrownBy(() -> cluster.join(settings, member("r0", 1))).isInstanceOf(MembershipException.class)
                .hasMessageStartingWith(message);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Queue<MembershipChange> listen(Membership membership) {
        Queue<MembershipChange> heard = new ConcurrentLinkedQueue<>();
        membership.onChange(heard::add);
        return heard;
    }
}
