package io.sandgate.api.e2b;

import io.vertx.core.Future;

/// Answers one kind of call. A failed future and an exception both become an error reply.
@FunctionalInterface
interface ApiCall {
    Future<Reply> handle(ApiRequest request);
}
