package io.sandgate.sandbox.driver;

import java.util.Map;
import java.util.Optional;

/// The order to start one sandbox.
///
/// @param id the sandbox
/// @param uid this life of it
/// @param address what [SandboxDriver#allocate] gave for it
/// @param template what it is made from
/// @param environment variables that go before those of the template
/// @param egress what it reaches of the world
/// @param snapshot the copy of a disk that it starts with; empty for a fresh one
/// @param accessToken what callers of its runtime must show; empty when nobody must
public record Launch(String id, String uid, String address, Template template, Map<String, String> environment,
        Egress egress, Optional<String> snapshot, Optional<String> accessToken) {

    public Launch {
        environment = Map.copyOf(environment);
    }

    /// Without the values of the environment, which may be secret.
    @Override
    public String toString() {
        return "Launch[id=" + id + ", uid=" + uid + ", address=" + address + ", template=" + template.name()
                + ", environment=" + environment.keySet() + "]";
    }
}
