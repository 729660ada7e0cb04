package io.sandgate.e2e.bench;

import io.sandgate.e2e.bench.PlaneRounds.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Sandgate and its peers on the same cores, each started when it is wanted first. Confined to one thread.
final class PlaneStage implements AutoCloseable {

    static final String NGINX = "nginx";
    static final String GO = "Go ReverseProxy";
    static final String HAPROXY = "HAProxy";
    static final String NONE = "no proxy";

    private static final Load FIRST_WARM_UP = Load.keepAlive().requests(Scale.of(800_000, 200_000))
            .seconds(Scale.of(30, 10));
    private static final int FURTHER_REQUESTS = Scale.of(200_000, 50_000);
    private static final int FURTHER_SECONDS = Scale.of(6, 2);
    private static final int MOST_WARM_UPS = 12;
    /// So many times in a row without getting notably cheaper.
    private static final int ENOUGH = 2;
    private static final double NOTABLY = 0.97;

    private final String name;
    private final Path directory;
    private final PlaneTargets targets;
    private final LoadGenerator generator;
    private final List<Integer> cores;
    private final Map<String, Optional<ProxyProcess>> peers = new LinkedHashMap<>();
    private @Nullable SandgateProxy sandgate;

    /// @param name for files
    /// @param cores of the proxies
    PlaneStage(String name, Path directory, PlaneTargets targets, LoadGenerator generator, List<Integer> cores) {
        this.name = name;
        this.directory = directory;
        this.targets = targets;
        this.generator = generator;
        this.cores = cores;
    }

    /// Lets Sandgate get used to a load, and then it and those of the peers that the machine has take it in turn.
    PlaneRounds compare(int rounds, Load load, List<Integer> asked, String... peersToo) throws Exception {
        Map<String, Contender> contenders = contenders(asked, peersToo);
        warmUp(sandgate(), load, asked);
        return PlaneRounds.run(rounds, contenders, load);
    }

    /// Sandgate, and those of the peers that the machine has.
    ///
    /// @param asked the sandboxes that get requests
    Map<String, Contender> contenders(List<Integer> asked, String... peersToo) throws Exception {
        ProxyProcess ours = sandgate().proxy();
        Map<String, Contender> contenders = new LinkedHashMap<>();
        contenders.put(SandgateProxy.NAME, load -> generator.run(ours, load, asked));
        for (String each : peersToo) {
            peer(each).ifPresent(proxy -> contenders.put(each, load -> generator.run(proxy, load, asked)));
        }
        return contenders;
    }

    /// Sandgate, with a route to each sandbox.
    SandgateProxy sandgate() {
        if (sandgate == null) {
            Progress.say("data plane: starting a replica on " + cores.size() + " cores");
            sandgate = SandgateProxy.open(name, directory, cores).give(targets);
        }
        return sandgate;
    }

    /// Lets a replica's Java compile what a load needs, until that makes it no cheaper: GETs first, as everything needs what
    /// they do.
    void warmUp(SandgateProxy replica, Load load, List<Integer> asked) throws IOException, InterruptedException {
        Progress.say("data plane: warming up");
        if (replica.firstLoad()) {
            generator.run(replica.proxy(), FIRST_WARM_UP, asked);
        }
        Load further = load.kind() == Load.Kind.BODIES
                ? load
                : load.rate(0).requests(FURTHER_REQUESTS).seconds(FURTHER_SECONDS);
        double cheapest = Double.MAX_VALUE;
        int noCheaper = 0;
        for (int i = 0; i < MOST_WARM_UPS && noCheaper < ENOUGH; i++) {
            double cost = generator.run(replica.proxy(), further, asked).microsPerAnswer();
            noCheaper = cost < cheapest * NOTABLY ? 0 : noCheaper + 1;
            cheapest = Math.min(cheapest, cost);
        }
    }

    /// The peers that were wanted and are not there.
    Set<String> missing() {
        Set<String> missing = new TreeSet<>();
        peers.forEach((peer, proxy) -> {
            if (proxy.isEmpty()) {
                missing.add(peer);
            }
        });
        return missing;
    }

    private Optional<ProxyProcess> peer(String wanted) throws IOException, InterruptedException {
        Optional<ProxyProcess> known = peers.get(wanted);
        if (known != null) {
            return known;
        }
        Progress.say("data plane: starting " + wanted);
        PeerProxies start = new PeerProxies(directory, targets);
        Optional<ProxyProcess> proxy = switch (wanted) {
            case NGINX -> start.nginx(cores);
            case GO -> start.go(cores);
            case HAPROXY -> start.haproxy(cores);
            case NONE -> Optional.of(generator.noProxy());
            default -> throw new IllegalArgumentException(wanted + " (expected: one of the peers)");
        };
        peers.put(wanted, proxy);
        return proxy;
    }

    @Override
    public void close() {
        peers.values().forEach(proxy -> proxy.ifPresent(ProxyProcess::close));
        if (sandgate != null) {
            sandgate.close();
        }
    }
}
