package io.sandgate.proxy.simulation;

import io.sandgate.proxy.replicate.Digests;
import io.sandgate.proxy.replicate.VirtualLoop;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteKey;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One seed's cluster and schedule, and what must be true after it.
final class World {
    private static final Duration DISTURBED = Duration.ofSeconds(150);
    /// The dead are found dead 60 s after they were first missed, which may be late, and cleared at the next look after that.
    private static final Duration QUIET = Duration.ofMinutes(3);
    private static final int MOST_ROUTES = 40;

    /// A deletion by the external feed.
    ///
    /// @param heardBy the processes that were told
    private record Ended(long version, List<Node> heardBy) {}

    private final Flaw flaw;
    private final SplittableRandom random;
    private final VirtualLoop loop;
    private final Network network;
    private final List<String> ids;
    private final Map<String, Disk> disks = new TreeMap<>();
    private final Map<String, Long> incarnations = new HashMap<>();
    private final Map<String, Long> skews = new HashMap<>();
    private final Map<String, Long> feed = new TreeMap<>();
    /// The last deletion of each fed route.
    private final Map<String, Ended> feedEnded = new TreeMap<>();
    private final TreeSet<String> ended = new TreeSet<>();
    private long feedVersion;
    private int names;

    World(long seed, Flaw flaw) {
        this.flaw = flaw;
        random = new SplittableRandom(seed);
        loop = new VirtualLoop(seed);
        network = new Network(loop, random.split());
        ids = IntStream.rangeClosed(1, 2 + random.nextInt(4)).mapToObj(number -> "r" + number).toList();
        ids.forEach(id -> {
            disks.put(id, new Disk(id));
            start(id);
        });
    }

    static RouteKey key(String name) {
        return new RouteKey(Route.DEFAULT_NAMESPACE, name);
    }

    Flaw flaw() {
        return flaw;
    }

    List<String> ids() {
        return ids;
    }

    /// How far a replica's wall clock is off, in milliseconds.
    long skew(String id) {
        return skews.computeIfAbsent(id + incarnations.get(id), any -> random.nextLong(-5_000, 5_000));
    }

    /// Lets everything happen, and then nothing.
    ///
    /// @return what is wrong after that; empty when everything is right
    List<String> run() {
        loop.run(Duration.ofSeconds(8));
        long end = loop.millis() + DISTURBED.toMillis();
        while (loop.millis() < end) {
            step();
            loop.run(Duration.ofMillis(random.nextInt(5) == 0 ? random.nextLong(9_000) : random.nextLong(400)));
        }
        network.heal();
        for (String id : ids) {
            Node node = network.at(id);
            if (node != null) {
                node.resume();
            } else if (random.nextBoolean()) {
                start(id);
            }
        }
        loop.run(QUIET);
        return verdict();
    }

    /// Runs, and says what each replica has at the end.
    List<String> fingerprint() {
        run();
        return ids.stream().map(id -> {
            Node node = network.at(id);
            return id + (node == null
                    ? " is down"
                    : " " + new TreeSet<>(list(node).stream().map(Route::toString).toList()));
        }).toList();
    }

    private void step() {
        switch (random.nextInt(40)) {
            case 0 -> kill(anyId(), true);
            case 1 -> kill(anyId(), false);
            case 2, 3 -> ids.stream().filter(id -> network.at(id) == null).findFirst().ifPresent(this::start);
            case 4 -> {
                Node node = network.at(anyId());
                if (node != null) {
                    node.pause();
                }
            }
            case 5, 6 -> ids.stream().map(network::at).filter(node -> node != null && !node.isRunning()).findFirst()
                    .ifPresent(Node::resume);
            case 7 -> split();
            case 8 -> network.cut(anyId(), anyId());
            case 9 -> {
                String one = anyId();
                String other = anyId();
                network.cut(one, other);
                network.cut(other, one);
            }
            case 10, 11 -> network.heal();
            case 12 -> network.lose(random.nextDouble(0.3));
            case 13, 14 -> feed();
            default -> use();
        }
    }

    private void split() {
        int border = 1 + random.nextInt(ids.size());
        for (String one : ids.subList(0, border)) {
            for (String other : ids.subList(border, ids.size())) {
                network.cut(one, other);
                network.cut(other, one);
            }
        }
    }

    private void use() {
        Node node = network.at(anyId());
        if (node == null || !node.isReady()) {
            return;
        }
        List<String> own = disk(node.id()).sandboxes();
        if (own.isEmpty() || (random.nextInt(3) == 0 && living() < MOST_ROUTES)) {
            node.create("s" + ++names);
            return;
        }
        String name = own.get(random.nextInt(own.size()));
        if (random.nextInt(3) == 0) {
            ended.add(name);
            node.end(name);
        } else {
            node.change(name);
        }
    }

    private int living() {
        return disks.values().stream().mapToInt(disk -> disk.sandboxes().size()).sum();
    }

    /// An external system tells every replica that it reaches; those that are away or paused miss it for good.
    private void feed() {
        String name = "f" + random.nextInt(6);
        boolean gone = feed.containsKey(name) && random.nextBoolean();
        long version = ++feedVersion;
        if (gone) {
            feed.remove(name);
        } else {
            feed.put(name, version);
        }
        Route route = new Route(Route.DEFAULT_NAMESPACE, name, name, "u" + name, "", "127.78.0.1",
                gone ? "dead" : "running", RouteVersion.of(version), "", TrafficRules.OPEN, null);
        List<Node> told = new ArrayList<>();
        for (String id : ids) {
            Node node = network.at(id);
            if (node != null && node.isReady() && random.nextInt(10) > 0) {
                node.feed(route);
                told.add(node);
            }
        }
        if (gone) {
            feedEnded.put(name, new Ended(version, told));
        }
    }

    private void kill(String id, boolean keepsDisk) {
        Node node = network.at(id);
        if (node == null) {
            return;
        }
        node.kill();
        network.attach(id, null);
        if (!keepsDisk) {
            ended.addAll(disk(id).sandboxes());
            disks.put(id, new Disk(id));
        } else {
            disk(id).sandboxes().stream().filter(name -> random.nextInt(4) == 0).forEach(name -> {
                ended.add(name);
                disk(id).die(name);
            });
        }
        loop.after(Duration.ofMillis(1_000 + random.nextLong(1_000)), () -> {
            for (String other : ids) {
                Node witness = network.at(other);
                if (witness != null && !network.isCut(id, other)) {
                    witness.closed(id, node.incarnation());
                }
            }
        });
    }

    private void start(String id) {
        long incarnation = incarnations.merge(id, 1L, Long::sum);
        network.attach(id, new Node(this, loop, network, disk(id), incarnation, random.split()));
    }

    private Disk disk(String id) {
        Disk disk = disks.get(id);
        if (disk == null) {
            throw new IllegalStateException(id);
        }
        return disk;
    }

    private String anyId() {
        return ids.get(random.nextInt(ids.size()));
    }

    private List<String> verdict() {
        List<String> wrong = new ArrayList<>();
        List<Node> living = new ArrayList<>();
        for (String id : ids) {
            Node node = network.at(id);
            if (node != null) {
                living.add(node);
            }
        }
        Map<String, String> first = new TreeMap<>();
        for (Node node : living) {
            if (!node.isReady()) {
                wrong.add(node.id() + " is not ready");
            }
            Map<String, String> routes = new TreeMap<>();
            node.table().routes().forEach(route -> routes.put(route.name(), route.toString()));
            if (first.isEmpty()) {
                first.putAll(routes);
            }
            if (!routes.equals(first)) {
                wrong.add(node.id() + " has " + difference(routes, first));
            }
            for (Node owner : living) {
                for (String name : disk(owner.id()).sandboxes()) {
                    Route route = node.table().get(key(name));
                    if (route == null || !route.authority().equals(owner.id())
                            || !route.state().equals(disk(owner.id()).state(name))) {
                        wrong.add(node.id() + " has of the living " + name + " of " + owner.id() + ": " + route);
                    }
                }
            }
            Digests anew = new Digests(node.table());
            if (!anew.summaries().equals(node.digests().summaries())) {
                wrong.add(node.id() + " has digests that are not of its routes");
            }
            for (Route route : list(node)) {
                if (isEnded(route, living)) {
                    wrong.add(node.id() + " has the ended " + route);
                }
            }
        }
        return wrong;
    }

    /// Whether a route should be gone. What the dead left may stay where too few are left to be sure, and what nobody alive
    /// was told cannot be known.
    private boolean isEnded(Route route, List<Node> living) {
        if (route.authority().isEmpty()) {
            Ended last = feedEnded.get(route.name());
            return last != null && route.version().longValue() <= last.version()
                    && last.heardBy().stream().anyMatch(living::contains);
        }
        boolean authorityLives = living.stream().anyMatch(node -> node.id().equals(route.authority()));
        return authorityLives ? ended.contains(route.name()) : living.size() * 2 >= ids.size();
    }

    private static List<Route> list(Node node) {
        List<Route> routes = new ArrayList<>();
        node.table().routes().forEach(routes::add);
        return routes;
    }

    private static @Nullable String difference(Map<String, String> one, Map<String, String> other) {
        Map<String, String> mine = new TreeMap<>(one);
        other.forEach((name, route) -> mine.remove(name, route));
        Map<String, String> theirs = new TreeMap<>(other);
        one.forEach((name, route) -> theirs.remove(name, route));
        return "only " + mine.values() + ", and not " + theirs.values();
    }
}
