package io.sandgate.proxy.forward;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/// What the requests on one event loop share.
record LoopResources(Vertx vertx, Context context, ForwardSettings settings, UpstreamPools pools,
        ConnectionBudget budget, ForwardMetrics metrics) {}
