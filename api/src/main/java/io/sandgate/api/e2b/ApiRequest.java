package io.sandgate.api.e2b;

import io.vertx.core.buffer.Buffer;

/// One authenticated call, free of its transport.
///
/// @param owner the name of the API key that calls
/// @param requestId goes with the call to whoever runs it
/// @param pathId the sandbox id in the path as it came; empty for a path without one
/// @param query the query as it came, without the question mark; empty for none
/// @param body the body as it came
record ApiRequest(String owner, String requestId, String pathId, String query, Buffer body) {}
