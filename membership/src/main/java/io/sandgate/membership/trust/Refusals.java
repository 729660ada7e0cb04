package io.sandgate.membership.trust;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Who tried and was not believed: each is counted with the reason, and said once per address and reason in the log.
public final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    /// How many lines are remembered, so that each is written once; what comes above is only counted.
    static final int MOST_REMEMBERED = 1_000;
    private static final int LONGEST_DETAIL = 300;

    /// Where it was.
    public enum Where {
        /// At the cluster listener.
        CLUSTER,
        /// At the peer listener.
        PEER,
        /// At the other end of a connection that this replica opened.
        OUTGOING;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final MeterRegistry registry;
    private final Set<String> logged = new HashSet<>();

    Refusals(MeterRegistry registry) {
        this.registry = registry;
        for (Where where : Where.values()) {
            for (RefusalReason reason : RefusalReason.values()) {
                counter(where, reason);
            }
        }
    }

    /// Counts, and says it if it is the first time.
    ///
    /// @param remote the address without its port, which is another one each time
    public void refused(Where where, RefusalReason reason, String remote, String detail) {
        counter(where, reason).increment();
        if (firstTime(where.tag() + " " + reason.tag() + " " + remote)) {
            log.atLevel(reason == RefusalReason.HANDSHAKE ? Level.INFO : Level.WARN)
                    .log("trust.refused where={} reason={} remote={} detail=\"{}\"", where.tag(), reason.tag(),
                            printable(remote), printable(detail));
        }
    }

    /// Counts a handshake that failed, with the reason that its failure has.
    public void handshakeFailed(Where where, String remote, Throwable failure) {
        RefusalReason reason = reason(failure);
        // the failure quotes what was sent, which may be a secret that was meant for another port
        refused(where, reason, remote, reason == RefusalReason.NOT_TLS ? "what was sent is no TLS" : detail(failure));
    }

    private static RefusalReason reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedCertificateException refused) {
                return refused.reason();
            }
            RefusalReason known = reason(cause.getMessage());
            if (known != null) {
                return known;
            }
        }
        return RefusalReason.HANDSHAKE;
    }

    /// Neither the JDK nor Netty has types of its own for these.
    private static @Nullable RefusalReason reason(@Nullable String message) {
        if (message == null) {
            return null;
        }
        if (message.contains("Empty client certificate chain")) {
            return RefusalReason.NO_CERTIFICATE;
        }
        return message.contains("not an SSL/TLS record") || message.contains("Unsupported or unrecognized SSL message")
                ? RefusalReason.NOT_TLS
                : null;
    }

    private static String detail(Throwable failure) {
        Throwable deepest = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            deepest = cause;
            if (cause instanceof RefusedCertificateException) {
                break;
            }
        }
        String message = deepest.getMessage();
        return message == null ? deepest.getClass().getSimpleName() : message;
    }

    private static String printable(String text) {
        String shortened = text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) + "..." : text;
        return shortened.replaceAll("[^\\x20-\\x7e]", "?").replace('"', '\'');
    }

    private Counter counter(Where where, RefusalReason reason) {
        return Counter.builder("sandgate.trust.refused")
                .description("Connections, calls and messages of others that were not believed, by where and why")
                .tag("where", where.tag()).tag("reason", reason.tag()).register(registry);
    }

    private boolean firstTime(String line) {
        synchronized (logged) {
            return logged.size() < MOST_REMEMBERED && logged.add(line);
        }
    }
}
