package io.sandgate.api.e2b;

import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;

/// Takes a peer's word for who calls.
///
/// That a header is required keeps web pages out as well: a browser does not send it to another origin unasked.
final class PeerIdentity {

    private PeerIdentity() {}

    static Caller caller(HttpServerRequest request) {
        String owner = request.getHeader(PeerRequest.OWNER);
        String hop = request.getHeader(PeerRequest.HOP);
        if (owner == null || owner.isEmpty() || hop == null || hop.isEmpty()) {
            throw ApiException.invalid("This path is for replicas, which send " + PeerRequest.OWNER + " and "
                    + PeerRequest.HOP + ". Use the public listener");
        }
        return Caller.forwarded(QueryString.decode(owner, PeerRequest.OWNER),
                Objects.requireNonNullElse(request.getHeader(PeerRequest.KEY), ""));
    }
}
