package io.sandgate.api;

import io.sandgate.api.settings.AddressRange;
import io.sandgate.api.settings.SandboxLimits;
import io.sandgate.api.settings.Secret;
import io.sandgate.api.settings.Settings;
import io.sandgate.api.settings.SyncSettings;
import io.sandgate.membership.ClusterSettings;
import io.sandgate.membership.Discovery;
import io.sandgate.membership.Endpoint;
import io.sandgate.proxy.replicate.SyncBudget;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.sandbox.SandboxSettings;
import io.sandgate.sandbox.driver.IsolationMode;
import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The settings of a replica in the form in which each module takes its own.
record ModuleSettings(Settings settings) {

    ClusterSettings cluster() {
        var cluster = settings.cluster();
        Discovery discovery = cluster.dns().<Discovery>map(dns -> dns)
                .orElseGet(() -> new Discovery.Listed(cluster.members()));
        return new ClusterSettings(new Endpoint(cluster.host(), cluster.port()), discovery, cluster.name(),
                cluster.joinTimeout(), cluster.timers());
    }

    RouteTable.Limits table() {
        RouteTable.Limits standard = RouteTable.Limits.DEFAULT;
        return new RouteTable.Limits(settings.proxy().maxRoutes(), standard.maxFences(), standard.fenceLife());
    }

    AddressRanges targets() {
        Stream<AddressRange> networks = settings.sandboxes().confinement().isolation() == IsolationMode.OFF
                ? Stream.empty()
                : Stream.of(settings.sandboxes().confinement().network());
        return AddressRanges.of(Stream.concat(settings.proxy().allowedTargets().stream(), networks)
                .map(AddressRange::toString).toList()).except(ownAddresses());
    }

    /// Where this machine's listeners may be, its own replica's among them: no sandbox is there. Those that the process driver
    /// gives out are on no interface.
    private static Set<InetAddress> ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .map(ModuleSettings::withoutScope).collect(Collectors.toSet());
        } catch (SocketException e) {
            throw new IllegalStateException("the addresses of this machine cannot be read", e);
        }
    }

    private static InetAddress withoutScope(InetAddress address) {
        String literal = address.getHostAddress();
        int scope = literal.indexOf('%');
        return scope < 0 ? address : InetAddress.ofLiteral(literal.substring(0, scope));
    }

    /// The same on all replicas: keyed where they share a secret.
    RouteHash hash() {
        var cluster = settings.cluster();
        return cluster.tls().isPresent()
                ? RouteHash.OPEN
                : cluster.secret().map(secret -> RouteHash.of(secret.value())).orElse(RouteHash.OPEN);
    }

    SyncBudget sync() {
        SyncSettings sync = settings.sync();
        SyncBudget standard = SyncBudget.DEFAULT;
        return new SyncBudget(sync.requestTimeout(), sync.attempts(), sync.backoff(), sync.backoffFactor(),
                sync.jitter(),
                sync.peerDeadline(), sync.maxInFlight(), sync.maxInFlightSlow(), sync.softWait(), sync.slowAfter(),
                sync.probeEvery(), sync.outboxCapacity(), standard.batchRoutes(), standard.batchBytes());
    }

    SandboxSettings sandboxes() {
        SandboxLimits limits = settings.sandboxes();
        Map<String, Template> templates = settings.templates().values().stream().map(ModuleSettings::template)
                .collect(Collectors.toMap(Template::name, template -> template));
        return new SandboxSettings(templates, limits.max(), limits.maxSnapshots(), limits.maxConcurrentStarts(),
                limits.defaultTimeout(),
                limits.maxTimeout(), limits.startTimeout(), limits.killTimeout(), limits.announceTimeout(),
                limits.maxMetadata(), limits.maxEnvironment(), limits.addresses().toString(),
                limits.addressQuarantine(),
                limits.logSize(), limits.usageInterval(),
                new SandboxSettings.Confinement(limits.confinement().isolation(),
                        limits.confinement().network().toString(), limits.confinement().maxProcesses(),
                        limits.confinement().maxPrograms(), limits.confinement().shownPaths(),
                        limits.confinement().maxNamed(), limits.confinement().maxAllNamed()),
                limits.stopOnExit());
    }

    private static Template template(io.sandgate.api.settings.Template template) {
        Map<String, String> environment = template.environment().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> secret(entry.getValue())));
        return new Template(template.name(), template.command(), template.readyPort().orElse(0), environment, Map.of(),
                new Limits(template.maxOpenFiles(), template.maxProcesses(), 0, 0), template.cpuCount(),
                template.memoryMb(), template.diskMb(), template.warm());
    }

    private static String secret(Secret secret) {
        return secret.value();
    }
}
