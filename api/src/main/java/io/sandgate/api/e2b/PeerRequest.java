package io.sandgate.api.e2b;

import io.vertx.core.http.HttpMethod;

/// A call that another replica is to carry out.
///
/// @param method of the client's call
/// @param path of the client's call, without its query
/// @param request the client's call
record PeerRequest(HttpMethod method, String path, ApiRequest request) {

    /// Below this path a peer listener answers for the sandboxes of its replica.
    static final String PREFIX = "/owner";

    /// The name of the API key that calls, percent-encoded: whoever forwards has authenticated it.
    static final String OWNER = "X-Sandgate-Owner";

    /// The id of that key, where it has one: what is made counts for its quota.
    static final String KEY = "X-Sandgate-Key";

    /// The replica that forwards. A call that has it is never forwarded again.
    static final String HOP = "X-Sandgate-Hop";

    /// The replica that answers: proves that the address still is the one that was meant.
    static final String REPLICA = "X-Sandgate-Replica";

    String uri() {
        return PREFIX + path + (request.query().isEmpty() ? "" : "?" + request.query());
    }
}
