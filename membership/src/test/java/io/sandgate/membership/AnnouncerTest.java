package io.sandgate.membership;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.sandgate.membership.Members.announcement;
import static io.sandgate.membership.Members.member;
import static org.assertj.core.api.Assertions.assertThat;

class AnnouncerTest {
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private final ManualLoop loop = new ManualLoop();
    private final List<CompletableFuture<Boolean>> questions = new ArrayList<>();
    private final List<Announcement> said = new ArrayList<>();
    private boolean groupFails;
    private boolean passing;
    private final Announcer announcer = new Announcer(member("a", 1), this::ask, loop, HEARTBEAT,
            () -> RouteSummary.NONE, this::send);

    @BeforeEach
    void start() {
        announcer.admit();
        announcer.start();
        loop.drain();
    }

    @Test
    void replica_thatIsNotAdmitted_saysNothingHoweverWellItIs() {
        Announcer outside = new Announcer(member("a", 1), () -> CompletableFuture.completedFuture(true), loop,
                HEARTBEAT,
                () -> RouteSummary.NONE, this::send);
        outside.start();
        outside.viewChanged();
        loop.advance(HEARTBEAT.multipliedBy(3));
        assertThat(outside.probesPass()).isTrue();
        assertThat(said).isEmpty();

        outside.admit();
        loop.drain();
        assertThat(said).hasSize(1);
    }

    @Test
    void replica_beforeItsProbesPassed_saysNothing() {
        announcer.announce(MemberState.READY);
        announcer.viewChanged();
        loop.advance(Duration.ofMinutes(1));

        assertThat(said).isEmpty();
        assertThat(announcer.self().state()).isEqualTo(MemberState.READY);
    }

    @Test
    void replica_whoseProbesPassed_saysWhatItIsNow() {
        announcer.announce(MemberState.READY);
        answer(true);

        assertThat(said).containsExactly(announcement(member("a", 1).in(MemberState.READY), 1));
    }

    @Test
    void heartbeat_comesOncePerInterval_withGrowingSequence() {
        alwaysPassing();
        loop.advance(HEARTBEAT.multipliedBy(3));

        assertThat(said).extracting(Announcement::sequence).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void incarnation_thatIsLater_isSaidAtOnce_andAnEarlierOneNever() {
        announcer.announce(MemberState.READY);
        answer(true);

        announcer.renew(7);
        announcer.renew(3);
        loop.drain();

        assertThat(said.getLast()).isEqualTo(announcement(member("a", 7).in(MemberState.READY), 2));
        assertThat(announcer.self().incarnation()).isEqualTo(7);
    }

    @Test
    void state_thatChanged_isSaidAtOnce() {
        answer(true);
        announcer.announce(MemberState.DRAINING);
        loop.drain();

        assertThat(said).containsExactly(announcement(member("a", 1), 1),
                announcement(member("a", 1).in(MemberState.DRAINING), 2));
    }

    @Test
    void manyChangesAtOnce_becomeOneAnnouncement() {
        answer(true);
        for (int i = 0; i < 100; i++) {
            announcer.viewChanged();
        }

        assertThat(loop.waiting()).isEqualTo(1);
        loop.drain();
        assertThat(said).hasSize(2);
    }

    @Test
    void probes_thatSayNo_isAskedAgainAfterABackoff() {
        answer(false);
        assertThat(questions).hasSize(1);

        loop.advance(Duration.ofMillis(20));
        assertThat(questions).hasSize(2);
        answer(true);
        assertThat(said).hasSize(1);
    }

    @Test
    void backoff_growsToASecondAndNotBeyond() {
        for (int i = 0; i < 20; i++) {
            int before = questions.size();
            answer(false);
            loop.advance(Duration.ofSeconds(1));
            assertThat(questions).hasSizeGreaterThan(before);
        }
        int before = questions.size();
        answer(false);
        loop.advance(Duration.ofMillis(999));
        assertThat(questions).hasSize(before);
    }

    @Test
    void probe_thatFailsOrThrows_countsAsNo() {
        questions.getLast().completeExceptionally(new IllegalStateException("refused"));
        loop.advance(Duration.ofMillis(20));

        assertThat(said).isEmpty();
        assertThat(questions).hasSize(2);
    }

    @Test
    void answer_afterItsDeadline_isDropped() {
        loop.advance(Duration.ofSeconds(2));
        questions.getFirst().complete(true);
        loop.drain();
        assertThat(said).isEmpty();

        loop.advance(Duration.ofSeconds(1));
        answer(true);
        assertThat(said).hasSize(1);
    }

    @Test
    void group_thatTakesNoMessage_doesNotEndTheHeartbeats() {
        groupFails = true;
        alwaysPassing();
        groupFails = false;
        loop.advance(HEARTBEAT);

        assertThat(said).extracting(Announcement::sequence).containsExactly(2L);
    }

    @Test
    void heartbeat_waitsForTheAnswerThatProvesIt() {
        answer(true);
        loop.advance(HEARTBEAT);
        assertThat(questions).hasSize(2);
        loop.advance(Duration.ofMillis(1_900));
        assertThat(said).hasSize(1);

        answer(true);

        assertThat(said).hasSize(2).extracting(announcement -> announcement.member().state())
                .containsOnly(MemberState.JOINING);
    }

    @Test
    void probes_thatFail_areAnnouncedAtOnceAndOverAndOver_untilTheyPassAgain() {
        announcer.announce(MemberState.READY);
        answer(true);
        loop.advance(HEARTBEAT);
        answer(false);
        assertThat(states()).containsExactly(MemberState.READY, MemberState.UNHEALTHY);
        assertThat(announcer.self().state()).isEqualTo(MemberState.UNHEALTHY);
        assertThat(announcer.probesPass()).isFalse();

        loop.advance(HEARTBEAT);
        loop.advance(HEARTBEAT);
        assertThat(questions).hasSize(3);
        assertThat(states()).endsWith(MemberState.UNHEALTHY, MemberState.UNHEALTHY).hasSize(3);
        announcer.announce(MemberState.DRAINING);
        answer(true);

        assertThat(states()).endsWith(MemberState.UNHEALTHY, MemberState.DRAINING);
        assertThat(announcer.self().state()).isEqualTo(MemberState.DRAINING);
        assertThat(announcer.probesPass()).isTrue();
    }

    @Test
    void probes_thatDoNotAnswer_areAFailureAfterTheDeadline_andALateAnswerIsDropped() {
        answer(true);
        loop.advance(HEARTBEAT);
        loop.advance(Duration.ofSeconds(2));
        assertThat(states()).containsExactly(MemberState.JOINING, MemberState.UNHEALTHY);

        loop.advance(HEARTBEAT);
        questions.get(1).complete(true);
        loop.drain();

        assertThat(questions).hasSize(3);
        assertThat(states()).endsWith(MemberState.UNHEALTHY);
    }

    @Test
    void probes_areAskedOneRoundAtATime() {
        answer(true);
        loop.advance(HEARTBEAT.multipliedBy(2));

        assertThat(questions).hasSize(2);
    }

    private List<MemberState> states() {
        return said.stream().map(announcement -> announcement.member().state()).toList();
    }

    private void alwaysPassing() {
        passing = true;
        answer(true);
    }

    private CompletableFuture<Boolean> ask() {
        if (passing) {
            return CompletableFuture.completedFuture(true);
        }
        questions.add(new CompletableFuture<>());
        return questions.getLast();
    }

    private void answer(boolean yes) {
        questions.getLast().complete(yes);
        loop.drain();
    }

    private void send(byte[] bytes) {
        if (groupFails) {
            throw new IllegalStateException("closed");
        }
        said.add((Announcement) AnnouncementCodec.decode(bytes));
    }
}
