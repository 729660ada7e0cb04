package io.sandgate.api.e2b;

import io.vertx.core.buffer.Buffer;

/// One authenticated call, free of its transport.
///
/// @param caller who calls
/// @param requestId goes with the call to whoever runs it
/// @param pathId the id in the path as it came; empty for a path without one
/// @param query the query as it came, without the question mark; empty for none
/// @param body the body as it came
record ApiRequest(Caller caller, String requestId, String pathId, String query, Buffer body) {

    /// A call in the name of a team.
    ApiRequest(String team, String requestId, String pathId, String query, Buffer body) {
        this(Caller.forwarded(team, ""), requestId, pathId, query, body);
    }

    /// The same call with something to add for the replica that carries it out.
    ApiRequest with(String otherQuery) {
        return new ApiRequest(caller, requestId, pathId, otherQuery, body);
    }

    /// Another question in the name of the same caller, without a body.
    ApiRequest asking(String otherQuery) {
        return new ApiRequest(caller, requestId, "", otherQuery, Buffer.buffer());
    }

    /// The team that calls.
    String owner() {
        return caller.team();
    }
}
