package io.sandgate.sandbox.driver;

import java.util.Map;
import java.util.Optional;

/// A sandbox that was started in an earlier life of the replica and should still be there.
///
/// @param id the sandbox
/// @param uid its life
/// @param template the name of what it was made from
/// @param address what it listens at
/// @param state how it was left
/// @param environment the variables of its programs
/// @param egress what it reaches of the world
/// @param accessToken what callers of its runtime must show; empty when nobody must
public record Resident(String id, String uid, String template, String address, State state,
        Map<String, String> environment,
        Egress egress, Optional<String> accessToken) {

    /// How a resident was left.
    public enum State {
        RUNNING,
        /// Its processes are there but do not run.
        FROZEN,
        /// It has no processes, only its disk.
        STOPPED
    }

    public Resident {
        environment = Map.copyOf(environment);
    }

    /// Without the values of the environment and the token, which are secret.
    @Override
    public String toString() {
        return "Resident[id=" + id + ", uid=" + uid + ", address=" + address + ", state=" + state + "]";
    }
}
