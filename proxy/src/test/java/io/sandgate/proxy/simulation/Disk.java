package io.sandgate.proxy.simulation;

import io.sandgate.proxy.route.RouteVersion;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a replica finds again when it is restarted: its living sandboxes, and the versions that it announced.
final class Disk {
    private final String id;
    private final Map<String, String> sandboxes = new TreeMap<>();
    private final Map<String, RouteVersion> versions = new TreeMap<>();
    private final Map<String, Boolean> departed = new TreeMap<>();

    Disk(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    void put(String name, String state) {
        sandboxes.put(name, state);
    }

    void forget(String name) {
        sandboxes.remove(name);
        departed.remove(name);
    }

    /// A sandbox that ends while its replica is down.
    void die(String name) {
        sandboxes.remove(name);
        departed.put(name, true);
    }

    List<String> departed() {
        return List.copyOf(departed.keySet());
    }

    List<String> sandboxes() {
        return List.copyOf(sandboxes.keySet());
    }

    boolean has(String name) {
        return sandboxes.containsKey(name);
    }

    String state(String name) {
        return sandboxes.getOrDefault(name, "dead");
    }

    void announced(String name, RouteVersion version) {
        versions.put(name, version);
    }

    @Nullable
    RouteVersion version(String name) {
        return versions.get(name);
    }
}
