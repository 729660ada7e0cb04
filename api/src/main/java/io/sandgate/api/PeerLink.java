package io.sandgate.api;

import io.sandgate.api.peer.PeerGate;
import io.sandgate.membership.Endpoint;
import io.sandgate.membership.Member;
import io.sandgate.membership.trust.Refusals.Where;
import io.sandgate.membership.trust.Trust;
import io.sandgate.membership.trust.Whereabouts;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// How replicas speak HTTP with each other: over mutual TLS 1.3 where the cluster has trust, plainly where it has none and
/// stays on this machine.
///
/// @param trust of this replica, when there is one
/// @param self the id of this replica
/// @param lastKnown another member as it was seen last, also one that left
record PeerLink(Optional<Trust> trust, String self, Function<String, Optional<Member>> lastKnown) {

    /// The peer listener: over TLS, it takes connections with a certificate of the cluster only.
    HttpServerOptions listener(HttpServerOptions options) {
        return trust.map(opened -> new HttpServerOptions(options).setSsl(true).setClientAuth(ClientAuth.REQUIRED)
                .setUseAlpn(false).setKeyCertOptions(KeyCertOptions.wrap(opened.keyManager()))
                .setTrustOptions(TrustOptions.wrap(opened.trustManager((id, host, port) -> false)))
                .setEnabledSecureTransportProtocols(Set.of(Trust.PROTOCOL))
                .setSslEngineOptions(new PeerTlsEngine((remote, failure) -> opened.refusals()
                        .handshakeFailed(Where.PEER, remote, failure))))
                .orElse(options);
    }

    /// Clients of the members' peer listeners: at each address they take an answer of the member that announced it only.
    HttpClientOptions toMembers() {
        return client((id, host, port) -> lastKnown.apply(id).filter(member -> isAt(member.peer(), host, port))
                .isPresent());
    }

    /// Clients of this replica's own peer listener, wherever it is bound.
    HttpClientOptions toSelf() {
        return client((id, host, port) -> id.equals(self));
    }

    /// What keeps callers out who are not the member that they claim to be.
    Optional<PeerGate> gate(Predicate<String> isMember) {
        return trust.map(opened -> new PeerGate(opened, isMember));
    }

    private static boolean isAt(Endpoint endpoint, String host, int port) {
        return endpoint.port() == port && endpoint.host().equalsIgnoreCase(host);
    }

    /// A replica is known by its id and not by the name of its host, which is therefore not compared.
    private HttpClientOptions client(Whereabouts whereabouts) {
        return trust.map(opened -> new HttpClientOptions().setSsl(true).setVerifyHost(false).setUseAlpn(false)
                .setKeyCertOptions(KeyCertOptions.wrap(opened.keyManager()))
                .setTrustOptions(TrustOptions.wrap(opened.trustManager(whereabouts)))
                .setEnabledSecureTransportProtocols(Set.of(Trust.PROTOCOL))
                .setSslEngineOptions(new PeerTlsEngine((remote, failure) -> {})))
                .orElseGet(HttpClientOptions::new);
    }
}
