package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.SandboxDriver;
import io.sandgate.sandbox.driver.Template;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// What may be asked for, and how much at once.
final class Admission {

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String RESERVED = "SANDGATE_";

    private final SandboxSettings settings;
    private final AtomicInteger sandboxes = new AtomicInteger();
    private final Semaphore starts;

    Admission(SandboxSettings settings) {
        this.settings = settings;
        this.starts = new Semaphore(settings.maxConcurrentStarts(), true);
    }

    /// Checks a request.
    void check(CreateSandbox request) {
        template(request.template());
        if (request.timeout().isNegative() || request.timeout().isZero()) {
            throw invalid("timeout: " + seconds(request.timeout()) + " (expected: greater than 0)");
        }
        checkTimeout(request.timeout());
        checkSize("metadata", request.metadata(), settings.maxMetadataBytes());
        checkSize("environment", request.environment(), settings.maxEnvironmentBytes());
        request.environment().forEach((name, value) -> {
            if (!VARIABLE.matcher(name).matches() || name.startsWith(RESERVED)) {
                throw invalid("environment variable: " + name
                        + " (expected: a name of letters, digits and underscores that does not begin with a digit or "
                        + RESERVED + ")");
            }
            if (value.indexOf('\0') >= 0) {
                throw invalid("environment variable: " + name + " (expected: a value without a zero character)");
            }
        });
    }

    /// A template by its name.
    Template template(String name) {
        Template template = settings.templates().get(name);
        if (template == null) {
            throw invalid("template: " + name + " (expected: one of " + new TreeSet<>(settings.templates().keySet())
                    + ")");
        }
        return template;
    }

    /// Checks whether a sandbox can be kept to what it is to reach.
    static void check(Egress egress, SandboxDriver driver) {
        if (egress.isOpen() || driver.closesNetworks()) {
            return;
        }
        String asked = egress.isPlain()
                ? "allow_internet_access: false (expected: true"
                : "allowOut, denyOut (expected: none";
        throw invalid(asked + ", since sandboxes share the machine's network here: "
                + String.join("; ", driver.shortfalls()) + ")");
    }

    /// Checks how long a sandbox is asked to live on.
    void checkTimeout(Duration timeout) {
        checkNotNegative(timeout);
        if (timeout.compareTo(settings.maxTimeout()) > 0) {
            throw invalid("timeout: " + seconds(timeout) + " (expected: at most " + seconds(settings.maxTimeout())
                    + ", sandgate.sandbox.max-timeout)");
        }
    }

    /// Cuts a timeout to the longest.
    Duration cap(Duration timeout) {
        checkNotNegative(timeout);
        return timeout.compareTo(settings.maxTimeout()) > 0 ? settings.maxTimeout() : timeout;
    }

    /// Takes the place of one sandbox.
    void enter() {
        int limit = settings.maxSandboxes();
        if (sandboxes.getAndUpdate(count -> count < limit ? count + 1 : count) >= limit) {
            throw new SandboxException(Reason.EXHAUSTED, "this replica holds " + limit
                    + " sandboxes already: kill some, use another replica, or raise sandgate.sandbox.max");
        }
    }

    /// Takes the place of a sandbox that is there already, whatever the limit.
    void enterAnyway() {
        sandboxes.incrementAndGet();
    }

    /// Gives the place of one sandbox back.
    void leave() {
        sandboxes.decrementAndGet();
    }

    /// Runs the start of a command when its turn has come.
    void inTurn(Runnable start) {
        try {
            if (!starts.tryAcquire(settings.startTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SandboxException(Reason.EXHAUSTED, "too many sandboxes are being started: "
                        + settings.maxConcurrentStarts()
                        + " at once (sandgate.sandbox.max-concurrent-starts); try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(Reason.INTERNAL, "interrupted while waiting for a start's turn", e);
        }
        try {
            start.run();
        } finally {
            starts.release();
        }
    }

    private static void checkNotNegative(Duration timeout) {
        if (timeout.isNegative()) {
            throw invalid("timeout: " + seconds(timeout) + " (expected: 0 or more)");
        }
    }

    private static void checkSize(String what, Map<String, String> map, int limit) {
        long bytes = 0;
        for (Map.Entry<String, String> entry : map.entrySet()) {
            bytes += entry.getKey().getBytes(StandardCharsets.UTF_8).length;
            bytes += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > limit) {
            throw invalid(what + ": " + bytes + " bytes (expected: at most " + limit + ", sandgate.sandbox.max-" + what
                    + ")");
        }
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }

    private static SandboxException invalid(String message) {
        return new SandboxException(Reason.INVALID, message);
    }
}
