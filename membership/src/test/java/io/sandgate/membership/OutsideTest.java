package io.sandgate.membership;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.membership.trust.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static io.sandgate.membership.Cluster.awaitMembers;
import static io.sandgate.membership.Cluster.settings;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// A replica that is not let in, because a member takes connections and says nothing: it is stopped, or hangs.
class OutsideTest {
    @RegisterExtension
    private final Cluster cluster = new Cluster();

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Entrance.class);

    @BeforeEach
    void listenToTheLog() {
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void listenNoLonger() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void replica_thatAMemberDoesNotLetIn_triesOnAndSaysItOnce_untilTheMemberIsGone(boolean tls) throws IOException {
        Membership replica;
        try (ServerSocket hung = hung()) {
            replica = begin(tls, hung);
            await().until(() -> replica.outsideBecause().contains("127.0.0.1:" + hung.getLocalPort() + " answered"));
            await().until(() -> said("cluster.not_joined").count() == 1);
            assertThat(replica.joined().toCompletableFuture()).isNotDone();
            assertThat(said("cluster.let_in")).isEmpty();
        }

        assertThat(Cluster.in(replica).members()).containsExactly(member("r0", 1));
        assertThat(said("cluster.not_joined")).hasSize(1);
        assertThat(said("cluster.let_in")).hasSize(1);
    }

    @Test
    void replica_thatIsOutside_getsInWithAnotherOne() throws IOException {
        List<Endpoint> all = Cluster.endpoints(2);
        try (ServerSocket hung = hung()) {
            List<Endpoint> members = List.of(all.get(0), all.get(1), endpoint(hung));
            Membership first = begin(false, all.get(0), members);
            await().until(() -> first.outsideBecause().contains("answered"));

            Membership second = cluster.closing(JGroupsMembership.join(settings(all.get(1), members), Optional.empty(),
                    member("r1", 1), Cluster.ANSWERS, () -> RouteSummary.NONE, new SimpleMeterRegistry()));

            Cluster.in(first);
            Cluster.in(second);
            awaitMembers(first, "r0", "r1");
            awaitMembers(second, "r0", "r1");
        }
    }

    @Test
    void replica_thatIsOutside_closes() throws IOException {
        try (ServerSocket hung = hung()) {
            Membership replica = begin(false, hung);
            await().until(() -> replica.outsideBecause().contains("answered"));

            replica.close();

            await().until(() -> replica.joined().toCompletableFuture().isDone());
            assertThatThrownBy(() -> replica.joined().toCompletableFuture().join())
                    .hasRootCauseInstanceOf(CancellationException.class);
        }
    }

    private Membership begin(boolean tls, ServerSocket hung) throws IOException {
        Endpoint bind = Cluster.endpoints(1).getFirst();
        return begin(tls, bind, List.of(bind, endpoint(hung)));
    }

    private Membership begin(boolean tls, Endpoint bind, List<Endpoint> members) {
        Optional<Trust> trust = tls
                ? Optional.of(cluster.closing(Trust.ofSecret("the secret of this cluster", "r0", InstantSource.system(),
                        new SecureRandom(), new SimpleMeterRegistry())))
                : Optional.empty();
        return cluster.closing(JGroupsMembership.join(settings(bind, members), trust, member("r0", 1), Cluster.ANSWERS,
                () -> RouteSummary.NONE, new SimpleMeterRegistry()));
    }

    private Stream<ILoggingEvent> said(String event) {
        return List.copyOf(log.list).stream().filter(line -> line.getMessage().startsWith(event));
    }

    /// The kernel takes its connections, and nobody else does.
    private static ServerSocket hung() throws IOException {
        return new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    }

    private static Endpoint endpoint(ServerSocket socket) {
        return new Endpoint("127.0.0.1", socket.getLocalPort());
    }
}
