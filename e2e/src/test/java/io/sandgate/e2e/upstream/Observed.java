package io.sandgate.e2e.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// What a fake upstream saw, in the order of receipt. May be read from any thread, and after the upstream was closed. All
/// times are the upstream's `System.nanoTime()`; connections are numbered from 1.
public final class Observed {

    /// An offence against a rule. The text has no secrets.
    public record Violation(long nanos, Rule rule, int connection, String text) {}

    /// An IDENTIFY with the right token, whatever became of it.
    ///
    /// @param doubtNanos how much earlier it may have come: the loop was busy for no longer than that
    /// @param shard empty when it had none that is possible
    /// @param key the shard's number modulo `maxConcurrency`; -1 without a shard
    /// @param accepted whether READY follows
    public record Identify(long nanos, long doubtNanos, Optional<Shard> shard, int key, int maxConcurrency,
            int connection,
            boolean accepted) {}

    /// The time between an IDENTIFY and the one of the same key before it.
    ///
    /// @param doubtNanos how much longer it may have been, because the one before was read late
    public record Gap(int key, long nanos, long doubtNanos) {}

    /// A RESUME.
    ///
    /// @param sequence the one that it gave
    /// @param resumeUrl whether it came over the URL that READY named for it
    /// @param outcome `resumed`, or why it was not
    /// @param replayed how many events were replayed before RESUMED
    public record Resume(long nanos, String session, long sequence, int connection, boolean resumeUrl, String outcome,
            int replayed) {}

    /// The end of a connection.
    ///
    /// @param shard empty for one without a session
    /// @param session empty for one without
    /// @param code -1 when it ended without a close frame
    public record Close(long nanos, int connection, Optional<Shard> shard, String session, int code, Side by) {}

    /// Who ended a connection.
    public enum Side {
        CLIENT, UPSTREAM
    }

    /// A request for a guild's members.
    public record MemberRequest(long nanos, long guild, Shard shard, int connection, Answer answer) {}

    /// What became of a request for members.
    public enum Answer {
        SENT, RATE_LIMITED, IGNORED
    }

    /// A fault that was injected.
    public record Injected(long nanos, Fault fault, int connection, String session) {}

    final Journal<Violation> violations = new Journal<>("violations");
    final Journal<Identify> identifies = new Journal<>("identifies");
    final Journal<Resume> resumes = new Journal<>("resumes");
    final Journal<Close> closes = new Journal<>("closes");
    final Journal<MemberRequest> memberRequests = new Journal<>("member requests");
    final Journal<Injected> injected = new Journal<>("injected");
    final AtomicInteger tokenResets = new AtomicInteger();
    final AtomicInteger botRequests = new AtomicInteger();
    final AtomicInteger heartbeats = new AtomicInteger();

    Observed() {}

    public List<Violation> violations() {
        return violations.snapshot();
    }

    public List<Identify> identifies() {
        return identifies.snapshot();
    }

    /// The times between IDENTIFYs of one key, those that were received under the same `maxConcurrency`.
    public List<Gap> identifyGaps() {
        Map<Long, Identify> last = new HashMap<>();
        List<Gap> gaps = new ArrayList<>();
        for (Identify identify : identifies()) {
            if (identify.key() >= 0) {
                Identify before = last.put((long) identify.maxConcurrency() << 32 | identify.key(), identify);
                if (before != null) {
                    gaps.add(new Gap(identify.key(), identify.nanos() - before.nanos(), before.doubtNanos()));
                }
            }
        }
        return gaps;
    }

    /// All that asked for it, whatever became of it.
    public List<Resume> resumes() {
        return resumes.snapshot();
    }

    /// Those that were answered with RESUMED.
    public List<Resume> resumed() {
        return resumes().stream().filter(resume -> resume.outcome().equals("resumed")).toList();
    }

    public List<Close> closes() {
        return closes.snapshot();
    }

    public List<MemberRequest> memberRequests() {
        return memberRequests.snapshot();
    }

    public List<Injected> injected() {
        return injected.snapshot();
    }

    public int tokenResets() {
        return tokenResets.get();
    }

    /// How often `/gateway/bot` was asked for with the right token.
    public int botRequests() {
        return botRequests.get();
    }

    public int heartbeats() {
        return heartbeats.get();
    }
}
