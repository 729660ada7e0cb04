package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.gateway.stream.event.Event.Reach;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxChange;
import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import io.sandgate.sandbox.SandboxObserver;
import io.sandgate.sandbox.SandboxState;
import io.sandgate.sandbox.driver.Template;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The events of the sandboxes of this replica. What it knows is guarded by the lock of [Telling].
final class SandboxEvents implements SandboxObserver, Source {
    static final String PREFIX = "sandbox/";
    /// Why something is told that nobody saw happen.
    static final String FOUND = "found at start";
    private static final String GONE = "sandbox.killed";
    /// Metadata with more characters is left out, since the log takes no events of any size.
    private static final int MAX_METADATA = 64 << 10;

    /// A sandbox that lives.
    ///
    /// @param since when it began to run; null while it does not, and where nobody knows
    private record Known(Sandbox sandbox, @Nullable Instant since) {}

    private final Telling telling;
    private final Map<String, Template> templates;
    private final InstantSource clock;
    private final Map<String, Known> present = new HashMap<>();

    SandboxEvents(Telling telling, Map<String, Template> templates, InstantSource clock) {
        this.telling = telling;
        this.templates = Map.copyOf(templates);
        this.clock = clock;
    }

    @Override
    public void changed(SandboxChange change) {
        telling.inOrder(() -> hear(change));
    }

    private void hear(SandboxChange change) {
        String id = change.sandbox().id();
        Known before = present.get(id);
        Instant since = before == null ? null : before.since();
        switch (change.kind()) {
            case FOUND -> present.put(id, new Known(change.sandbox(), null));
            case CREATED, RESUMED -> {
                Known now = new Known(change.sandbox(), change.at());
                present.put(id, now);
                telling.tell(event(change, now));
            }
            case UPDATED, PAUSED -> {
                telling.tell(event(change, new Known(change.sandbox(), since)));
                boolean runs = change.sandbox().state() == SandboxState.RUNNING;
                present.put(id, new Known(change.sandbox(), runs ? since : null));
            }
            // by now it may be another one than the one that was copied
            case SNAPSHOTTED ->
                telling.tell(event(change, before == null ? new Known(change.sandbox(), null) : before));
            case KILLED -> {
                present.remove(id);
                telling.tell(event(change, new Known(change.sandbox(), since)));
            }
        }
    }

    private Event event(SandboxChange change, Known known) {
        JsonObject data = data(known, change.kind() == Kind.KILLED);
        if (change.kind() == Kind.SNAPSHOTTED) {
            data.put(Facts.SNAPSHOT, change.snapshot());
        }
        if (change.kind() == Kind.PAUSED || change.kind() == Kind.KILLED || change.cause() != Cause.REQUEST) {
            data.put(Facts.REASON, Words.of(change.cause()));
        }
        boolean isState = change.kind() == Kind.KILLED || present.containsKey(known.sandbox().id())
                || change.kind() != Kind.SNAPSHOTTED;
        return event("sandbox." + Words.of(change.kind()), isState, change.at(), known.sandbox(), data);
    }

    private static Event event(String kind, boolean isState, Instant at, Sandbox sandbox, JsonObject data) {
        return new Event(kind, isState ? PREFIX + sandbox.id() : "", kind.equals(GONE), at, sandbox.id(),
                sandbox.owner(), metadata(sandbox), data.encode(), Reach.CLUSTER);
    }

    private static Map<String, String> metadata(Sandbox sandbox) {
        long size = sandbox.metadata().entrySet().stream()
                .mapToLong(entry -> entry.getKey().length() + entry.getValue().length()).sum();
        return size <= MAX_METADATA ? sandbox.metadata() : Map.of();
    }

    private JsonObject data(Known known, boolean isKilled) {
        Sandbox sandbox = known.sandbox();
        JsonObject data = new JsonObject().put("state", isKilled ? "killed" : state(sandbox))
                .put("template", sandbox.template()).put("uid", sandbox.uid())
                .put("startedAt", sandbox.startedAt().toString()).put("endAt", sandbox.endAt().toString())
                .put("timeout", sandbox.timeout().toSeconds());
        Template template = templates.get(sandbox.template());
        if (template != null) {
            data.put("cpuCount", template.cpuCount()).put("memoryMB", template.memoryMb());
        }
        if (sandbox.state() == SandboxState.STOPPED) {
            data.put("memory", false);
        }
        if (known.since() != null) {
            data.put(Facts.SINCE, known.since().toString());
        }
        return data;
    }

    private static String state(Sandbox sandbox) {
        return switch (sandbox.state()) {
            case CREATING -> "creating";
            case RUNNING, PAUSING -> "running";
            case PAUSED, STOPPED, RESUMING -> "paused";
            case KILLING -> "killed";
        };
    }

    // --- what the log has ---------------------------------------------------------------------------------------------------

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public Set<String> subjects() {
        Set<String> subjects = new HashSet<>();
        telling.inOrder(() -> present.keySet().forEach(id -> subjects.add(PREFIX + id)));
        return subjects;
    }

    @Override
    public Optional<Event> correction(String subject, @Nullable Event told) {
        String id = subject.substring(PREFIX.length());
        Known known = present.get(id);
        if (known == null) {
            return Optional.ofNullable(told).map(this::gone);
        }
        Known remembered = remember(known, told);
        present.put(id, remembered);
        Event now = event("sandbox.updated", true, clock.instant(), known.sandbox(),
                data(remembered, false).put(Facts.REASON, FOUND));
        return told != null && Facts.agree(told, now) ? Optional.empty() : Optional.of(now);
    }

    /// Takes from what was told in an earlier life since when a sandbox has run.
    private static Known remember(Known known, @Nullable Event told) {
        if (told == null || known.since() != null || known.sandbox().state() != SandboxState.RUNNING) {
            return known;
        }
        JsonObject data = Facts.of(told);
        try {
            boolean isSameRun = known.sandbox().uid().equals(data.getString("uid"))
                    && "running".equals(data.getString("state"));
            return isSameRun ? new Known(known.sandbox(), Instant.parse(data.getString(Facts.SINCE, ""))) : known;
        } catch (DateTimeException e) {
            return known;
        }
    }

    private Event gone(Event told) {
        return new Event(GONE, told.subject(), true, clock.instant(), told.sandbox(), told.owner(), told.metadata(),
                Facts.of(told).put("state", "killed").put(Facts.REASON, FOUND).encode(), Reach.CLUSTER);
    }
}
