package io.sandgate.api.admin;

/// Whether a replica may be given traffic, and why not: starting -> entering -> joining -> ready -> draining.
public final class Readiness {

    /// The phases of a replica's life.
    public enum Phase {
        STARTING("it is starting"), ENTERING("it is joining the cluster"), JOINING(
                "it is fetching the routes of its peers"), READY(
                        ""), DRAINING("it has been told to stop");

        private final String reason;

        Phase(String reason) {
            this.reason = reason;
        }
    }

    private volatile Phase phase = Phase.STARTING;
    private volatile boolean complete;

    /// Goes on to a phase; a replica never goes back to an earlier one.
    public synchronized void advance(Phase next) {
        if (next.compareTo(phase) > 0) {
            phase = next;
        }
    }

    /// Whether the replica may be given traffic.
    public boolean isReady() {
        return phase == Phase.READY;
    }

    /// Says that the replica has all routes that it is the authority of.
    public void complete() {
        complete = true;
    }

    /// Whether the replica has all routes that it is the authority of. It may be ready before, when its peers were too
    /// slow to give it back what it had before a restart.
    public boolean isComplete() {
        return complete;
    }

    /// Why the replica is not ready; empty when it is.
    public String reason() {
        return phase.reason;
    }
}
