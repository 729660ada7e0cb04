package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.DriverException;
import io.sandgate.sandbox.driver.SandboxDriver;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The snapshots of this replica, held in memory over their records. Thread-safe.
///
/// Implementation note. A copy is made before its record and deleted after it, so that a crash leaves a copy without a
/// record, which the driver removes at the next start, and never a record without a copy.
final class Snapshots {

    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}");

    private final SandboxStore store;
    private final SandboxDriver driver;
    private final SandboxIds ids;
    private final InstantSource clock;
    private final int most;
    private final Map<String, Snapshot> byId = new HashMap<>();
    private final Set<String> beingMade = new HashSet<>();

    Snapshots(List<Snapshot> known, SandboxStore store, SandboxDriver driver, SandboxIds ids, InstantSource clock,
            int most) {
        this.store = store;
        this.driver = driver;
        this.ids = ids;
        this.clock = clock;
        this.most = most;
        known.forEach(snapshot -> byId.put(snapshot.id(), snapshot));
    }

    /// Makes a snapshot.
    ///
    /// @param copy copies the disk under an id and says how many bytes that takes; leaves nothing when it fails
    Snapshot add(Sandbox sandbox, Optional<String> name, ToLongFunction<String> copy) {
        name.filter(text -> !NAME.matcher(text).matches()).ifPresent(text -> {
            throw new SandboxException(Reason.INVALID, "name: " + text
                    + " (expected: 1-256 letters, digits, dots, dashes, underscores, colons or slashes)");
        });
        String id = begin();
        try {
            long bytes = copy.applyAsLong(id);
            Snapshot made = new Snapshot(id, sandbox.owner(), name, sandbox.id(), sandbox.template(),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS), bytes);
            record(made);
            log.info("snapshot.created id={} sandbox={} bytes={}", id, sandbox.id(), bytes);
            return made;
        } finally {
            end(id);
        }
    }

    private void record(Snapshot made) {
        try {
            put(made);
        } catch (RuntimeException e) {
            deleteCopy(made.id());
            throw e;
        }
    }

    private synchronized String begin() {
        if (byId.size() + beingMade.size() >= most) {
            throw new SandboxException(Reason.EXHAUSTED, "this replica holds " + most
                    + " snapshots already: delete some, or raise sandgate.sandbox.max-snapshots");
        }
        String id = ids.snapshot();
        beingMade.add(id);
        return id;
    }

    private synchronized void end(String id) {
        beingMade.remove(id);
    }

    private synchronized void put(Snapshot made) {
        store.insertSnapshot(made);
        byId.replaceAll((id, other) -> other.owner().equals(made.owner()) && made.name().isPresent()
                && other.name().equals(made.name()) ? other.unnamed() : other);
        byId.put(made.id(), made);
    }

    synchronized List<Snapshot> all() {
        return List.copyOf(byId.values());
    }

    /// Refuses a snapshot that a request may not start from.
    synchronized void require(String id, CreateSandbox request) {
        Snapshot known = byId.get(id);
        if (known == null || !known.owner().equals(request.owner()) || !known.template().equals(request.template())) {
            throw missing(id);
        }
    }

    void delete(String id) {
        synchronized (this) {
            if (!byId.containsKey(id)) {
                throw missing(id);
            }
            store.deleteSnapshot(id);
            byId.remove(id);
        }
        deleteCopy(id);
        log.info("snapshot.deleted id={}", id);
    }

    private static SandboxException missing(String id) {
        return new SandboxException(Reason.NOT_FOUND, "snapshot " + id + " does not exist on this replica");
    }

    /// Deletes a copy, or leaves that to the next start.
    void deleteCopy(String id) {
        try {
            driver.deleteCopy(id);
        } catch (DriverException e) {
            log.warn("snapshot.copy-not-deleted id={} reason={}", id, e.getMessage());
        }
    }
}
