package io.sandgate.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.sandgate.api.e2b.WebhookPayload;
import io.sandgate.api.e2b.WebhookServices;
import io.sandgate.api.settings.Settings;
import io.sandgate.api.settings.WebhooksSettings;
import io.sandgate.api.webhook.WebhooksPeerApi;
import io.sandgate.gateway.stream.webhook.WebhookTargets;
import io.sandgate.gateway.stream.webhook.Webhooks;
import io.sandgate.gateway.stream.webhook.connect.HttpWebhookPeers;
import io.sandgate.gateway.stream.webhook.connect.HttpWebhookSender;
import io.sandgate.gateway.stream.webhook.connect.NameResolver;
import io.sandgate.gateway.stream.webhook.connect.OwnListeners;
import io.sandgate.gateway.stream.webhook.connect.WebhookAddresses;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.Membership;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// The webhooks of teams with their clients and files, wired together.
final class WebhookSending implements AutoCloseable {
    private static final Duration PEER_CONNECT = Duration.ofSeconds(1);

    private final Stopping stopping = new Stopping();
    private final Webhooks webhooks;
    private final WebhookServices services;

    /// @param transport how peers are reached: TLS or not
    /// @param ownPorts of all listeners of this replica
    WebhookSending(Vertx vertx, Settings settings, HttpClientOptions transport, Membership membership,
            Streaming streaming, Set<Integer> ownPorts, InstantSource clock, RandomGenerator random,
            MeterRegistry meters) {
        String self = settings.replica().id();
        WebhooksSettings own = settings.webhooks();
        List<Predicate<InetAddress>> ranges = own.allowedTargets().stream()
                .<Predicate<InetAddress>>map(range -> range::contains).toList();
        WebhookAddresses addresses = new WebhookAddresses(NameResolver.SYSTEM, new WebhookTargets(ranges,
                settings.publicListener().isLoopback(), new OwnListeners(ownPorts)),
                streaming.workers());
        HttpWebhookPeers peers = stopping.close("peers", new HttpWebhookPeers(vertx, transport, self,
                () -> others(membership, self), PEER_CONNECT));
        HttpWebhookSender sender = stopping.close("sender",
                new HttpWebhookSender(vertx, addresses, new HttpClientOptions()));
        this.webhooks = stopping.close("webhooks", new Webhooks(new ModuleSettings(settings).webhooks(),
                new Webhooks.Environment(self, streaming.loop(), streaming.log(), peers, sender, WebhookPayload::of,
                        random, clock, streaming.workers(), settings.replica().dataDirectory().resolve("webhooks"),
                        meters)));
        this.services = new WebhookServices(webhooks, addresses, () -> UUID.randomUUID().toString(), clock, self);
    }

    private static List<Member> others(Membership membership, String self) {
        return membership.members().stream().filter(
                member -> !member.id().equals(self) && membership.health(member.id()) == MemberHealth.ROUTABLE)
                .toList();
    }

    WebhookServices services() {
        return services;
    }

    WebhooksPeerApi peerApi() {
        return new WebhooksPeerApi(webhooks);
    }

    /// Begins to deliver, as soon as what is kept was read.
    void start() {
        webhooks.start();
    }

    @Override
    public void close() {
        stopping.stop();
    }
}
