package io.sandgate.proxy.http2;

import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.RequestHead;
import io.sandgate.proxy.http1.ResponseHead;

/// What the streams on one event loop read heads with: each call that reads one is done with it before it returns.
///
/// @param request the head of a request that was read last
/// @param response the same of answers
/// @param trailers the same of trailers
public record StreamScratch(RequestHead request, ResponseHead response, FieldLines trailers) {}
