package io.sandgate.proxy.forward;

import io.netty.channel.EventLoop;
import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.RequestHead;
import io.sandgate.proxy.http1.ResponseHead;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// What the connections on one event loop share.
///
/// @param draining whether clients are to go elsewhere with their next request
/// @param requestHead the head that was read last: of whichever connection that was
/// @param responseHead the same of answers
/// @param trailers the same of trailers
record LoopResources(EventLoop eventLoop, ForwardSettings settings, Addressing addressing, RouteLookup lookup,
        Waker waker, TrafficTokens tokens,
        UpstreamPools pools, ConnectionBudget budget, ForwardMetrics metrics, BooleanSupplier draining,
        LongSupplier nanoTime, RequestHead requestHead, ResponseHead responseHead, FieldLines trailers) {}
