package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxChange.Cause;
import io.sandgate.sandbox.SandboxChange.Kind;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the observer of changes, whatever becomes of it there.
///
/// @param observer who is told
/// @param clock when it happened
record Changes(SandboxObserver observer, InstantSource clock) {
    private static final Logger log = LoggerFactory.getLogger(Changes.class);

    void tell(Kind kind, Sandbox sandbox, Cause cause) {
        tell(new SandboxChange(kind, sandbox, cause, "", clock.instant()));
    }

    void tell(Sandbox sandbox, Snapshot made) {
        tell(new SandboxChange(Kind.SNAPSHOTTED, sandbox, Cause.REQUEST, made.id(), clock.instant()));
    }

    private void tell(SandboxChange change) {
        try {
            observer.changed(change);
        } catch (RuntimeException e) {
            log.warn("sandbox.change-not-told id={} kind={}", change.sandbox().id(), change.kind(), e);
        }
    }
}
