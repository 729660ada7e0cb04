package io.sandgate.api.e2b;

import io.micrometer.core.instrument.Gauge;
import io.sandgate.sandbox.tenant.ClaimBook;
import io.sandgate.sandbox.tenant.KeyRing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/// Who may call, what for and how often, wired together.
final class Tenancy implements AutoCloseable {

    private final Authenticator authenticator;
    private final RateGate rates;
    private final KeyCalls keys;
    private final KeyPeerCalls peerKeys;
    private final KeyPull pull;
    private final QuotaGate quotas;
    private final QuotaPeerCalls peerQuotas;

    /// A path on the peer listener.
    ///
    /// @param method its method
    /// @param path below [PeerRequest#PREFIX]
    /// @param call what is done
    record PeerEndpoint(HttpMethod method, String path, ApiCall call) {}

    Tenancy(Vertx vertx, E2bServices services, PeerClient peers, Workers workers) {
        TenantServices tenants = services.tenants();
        KeyRing ring = tenants.keys();
        OtherReplicas others = new OtherReplicas(services.membership(), peers);
        this.authenticator = new Authenticator(tenants, services.meters());
        this.rates = new RateGate(tenants, services.meters());
        this.keys = new KeyCalls(ring, tenants.maxKeys(), new KeySync(vertx, others, services.meters()), workers);
        this.peerKeys = new KeyPeerCalls(ring, workers);
        this.pull = new KeyPull(vertx, others, tenants, workers, services.meters());
        ClaimBook book = new ClaimBook(tenants.life());
        QuotaOwner owner = new QuotaOwner(others, tenants, book, services.sandboxes(), workers);
        this.quotas = new QuotaGate(vertx, ring, book, others, owner, services.meters());
        this.peerQuotas = new QuotaPeerCalls(owner);
        Gauge.builder("sandgate.keys", ring, known -> known.valid().size())
                .description("valid keys that were made through the API").register(services.meters());
        Gauge.builder("sandgate.keys.revoked", ring, known -> known.size() - known.valid().size())
                .description("revoked keys that are remembered").register(services.meters());
        pull.start();
    }

    /// Who sends a request, if he may call at all, and now.
    Caller admit(HttpServerRequest request) {
        Caller caller = authenticator.caller(request);
        rates.admit(caller, request.response());
        return caller;
    }

    /// What lets sandboxes be made.
    QuotaGate quotas() {
        return quotas;
    }

    /// Done when this replica knows the keys that the others know.
    Future<Void> join() {
        return pull.join();
    }

    void addTo(PublicRoutes routes, CallGate gate) {
        routes.add(HttpMethod.GET, "/api-keys", gate.bounded(keys::list))
                .add(HttpMethod.POST, "/api-keys", gate.bounded(keys::create))
                .add(HttpMethod.PATCH, "/api-keys/:id", gate.bounded(keys::change))
                .add(HttpMethod.DELETE, "/api-keys/:id", gate.bounded(keys::revoke))
                .add(HttpMethod.GET, "/teams", gate.bounded(keys::teams));
    }

    List<PeerEndpoint> peerEndpoints() {
        return List.of(new PeerEndpoint(HttpMethod.POST, KeySync.PATH, peerKeys::take),
                new PeerEndpoint(HttpMethod.GET, KeyPull.DIGEST, peerKeys::digest),
                new PeerEndpoint(HttpMethod.GET, KeyPull.FINGERPRINTS, peerKeys::fingerprints),
                new PeerEndpoint(HttpMethod.POST, KeyPull.FETCH, peerKeys::fetch),
                new PeerEndpoint(HttpMethod.POST, QuotaOwner.PATH, peerQuotas::claim),
                new PeerEndpoint(HttpMethod.GET, QuotaOwner.PATH, peerQuotas::report));
    }

    @Override
    public void close() {
        pull.close();
    }
}
