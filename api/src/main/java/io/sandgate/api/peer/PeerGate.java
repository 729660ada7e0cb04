package io.sandgate.api.peer;

import io.sandgate.api.e2b.E2bApi;
import io.sandgate.api.http.Answers;
import io.sandgate.api.route.DigestApi;
import io.sandgate.membership.trust.RefusalReason;
import io.sandgate.membership.trust.Refusals.Where;
import io.sandgate.membership.trust.RefusedCertificateException;
import io.sandgate.membership.trust.Trust;
import io.sandgate.proxy.replicate.HttpPeers;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;

/// Lets a caller of the peer listener do what its certificate allows: anyone with a certificate of the cluster may read, and
/// only a member may change something or call in a client's name. A caller that claims to be another replica than its
/// certificate names gets nothing.
///
/// A replica that has just started may call before its announcement has arrived here. So a caller with a good certificate
/// that is no member is given a moment to become one, before it is refused.
///
/// Each request is looked at, and not only the connection, so that a certificate that is not valid any more ends what its
/// old connections may do.
public final class PeerGate {
    /// Where a caller says who it is: as a sender of routes, and as one that passes a client's call on.
    private static final List<String> CLAIMS = List.of(HttpPeers.SENDER, E2bApi.HOP);
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    /// How often, and how many times, is looked whether a caller has become a member: a second altogether.
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int LOOKS = 50;

    private final Trust trust;
    private final Predicate<String> isMember;

    /// @param isMember whether a replica of that id is a member of the cluster now
    public PeerGate(Trust trust, Predicate<String> isMember) {
        this.trust = trust;
        this.isMember = isMember;
    }

    /// Puts the gate before what is added to the router later.
    ///
    /// @param membersOnly the path below which even reading is for members
    public void mount(Router router, String membersOnly) {
        router.route().handler(context -> pass(context, !isReading(context.request())));
        router.route(membersOnly).handler(context -> pass(context, true));
    }

    private static boolean isReading(HttpServerRequest request) {
        return READING.contains(request.method()) || DigestApi.QUESTIONS.contains(request.path());
    }

    private void pass(RoutingContext context, boolean onlyMembers) {
        String id;
        try {
            id = claimed(context.request());
        } catch (RefusedCertificateException e) {
            refuse(context, e);
            return;
        }
        if (!onlyMembers || isMember.test(id)) {
            context.next();
            return;
        }
        context.request().pause();
        awaitMember(context, id, LOOKS);
    }

    /// A caller that gave up meanwhile is not answered any more.
    private void awaitMember(RoutingContext context, String id, int looks) {
        context.vertx().setTimer(LOOK.toMillis(), timer -> {
            if (context.response().closed()) {
                return;
            }
            if (isMember.test(id)) {
                context.next();
                context.request().resume();
            } else if (looks > 1) {
                awaitMember(context, id, looks - 1);
            } else {
                refuse(context, new RefusedCertificateException(RefusalReason.NOT_A_MEMBER,
                        "replica " + id + " is no member of this cluster"));
            }
        });
    }

    /// Who calls, when that is who the caller claims to be.
    private String claimed(HttpServerRequest request) throws RefusedCertificateException {
        String id = id(request);
        for (String header : CLAIMS) {
            for (String claimed : request.headers().getAll(header)) {
                if (!claimed.equals(id)) {
                    throw new RefusedCertificateException(RefusalReason.WRONG_ID,
                            "the certificate of replica " + id + " calls with " + header + ": " + claimed);
                }
            }
        }
        return id;
    }

    private String id(HttpServerRequest request) throws RefusedCertificateException {
        try {
            return trust.idOf(request.connection().peerCertificates());
        } catch (SSLPeerUnverifiedException e) {
            return trust.idOf(List.of());
        }
    }

    private void refuse(RoutingContext context, RefusedCertificateException refusal) {
        String message = String.valueOf(refusal.getMessage());
        trust.refusals().refused(Where.PEER, refusal.reason(),
                context.request().connection().remoteAddress().hostAddress(), message);
        // the body is not read
        Answers.closeAfter(context);
        context.request().resume();
        Answers.error(context, 403, message);
    }
}
