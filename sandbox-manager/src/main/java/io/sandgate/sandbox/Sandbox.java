package io.sandgate.sandbox;

import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.tenant.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// One sandbox as its replica knows it; an immutable snapshot.
///
/// @param id `i` and 20 characters of `[a-z0-9]`: a DNS label without a dash
/// @param uid one life of the sandbox: a new one when its address is taken anew, and when it starts anew from its disk
/// @param owner the team whose key made it
/// @param template the template that it was made from
/// @param metadata what its maker wrote beside it
/// @param environment variables given at create
/// @param address the address that its processes listen at
/// @param state what it is doing
/// @param startedAt when it was created
/// @param endAt when its deadline falls due; for a paused sandbox, when it was paused
/// @param timeout the timeout given at create
/// @param onTimeout what the deadline does
/// @param network how it is reached
/// @param autoResume whether a request for it lets it run again when it is paused
/// @param claim what it takes of its key's quota
/// @param routeVersion the version of the route that was announced last
public record Sandbox(String id, String uid, String owner, String template, Map<String, String> metadata,
        Map<String, String> environment, String address, SandboxState state, Instant startedAt, Instant endAt,
        Duration timeout, OnTimeout onTimeout, SandboxNetwork network, boolean autoResume, Claim claim,
        long routeVersion) {

    /// What happens when the deadline of a running sandbox falls due.
    public enum OnTimeout {
        KILL, PAUSE,
        /// Keeps the disk only.
        STOP
    }

    public Sandbox {
        metadata = Map.copyOf(metadata);
        environment = Map.copyOf(environment);
    }

    /// This sandbox in another state.
    Sandbox in(SandboxState next) {
        return with(next, endAt, network, routeVersion);
    }

    /// This sandbox in another life.
    Sandbox reborn(String nextUid) {
        return new Sandbox(id, nextUid, owner, template, metadata, environment, address, state, startedAt, endAt,
                timeout, onTimeout, network, autoResume, claim, routeVersion);
    }

    /// This sandbox with another end.
    Sandbox endingAt(Instant end) {
        return with(state, end, network, routeVersion);
    }

    /// This sandbox with another version of its route.
    Sandbox announcedAs(long version) {
        return with(state, endAt, network, version);
    }

    /// This sandbox with something else that it reaches.
    Sandbox reaching(Egress egress) {
        return with(state, endAt, network.reaching(egress), routeVersion);
    }

    private Sandbox with(SandboxState nextState, Instant nextEnd, SandboxNetwork nextNetwork,
            long nextVersion) {
        return new Sandbox(id, uid, owner, template, metadata, environment, address, nextState, startedAt, nextEnd,
                timeout, onTimeout, nextNetwork, autoResume, claim, nextVersion);
    }

    /// Without the values of the environment, which may be secret.
    @Override
    public String toString() {
        return "Sandbox[id=" + id + ", uid=" + uid + ", owner=" + owner + ", template=" + template + ", metadata="
                + metadata + ", environment=" + environment.keySet() + ", address=" + address + ", state=" + state
                + ", startedAt=" + startedAt + ", endAt=" + endAt + ", timeout=" + timeout + ", onTimeout=" + onTimeout
                + ", network=" + network + ", autoResume=" + autoResume + ", claim=" + claim + ", routeVersion="
                + routeVersion + "]";
    }
}
