package io.sandgate.proxy.http2;

import io.sandgate.proxy.http1.FieldLines;
import io.sandgate.proxy.http1.RequestHead;
import io.sandgate.proxy.http1.ResponseHead;

/// What the streams on one event loop read and write heads with: each call that does is done with it before it returns.
public final class StreamScratch {
    private final RequestHead request;
    private final ResponseHead response;
    private final FieldLines trailers;
    private final Http1Text text = new Http1Text();

    /// @param request what reads the heads of requests
    /// @param response what reads those of answers
    /// @param trailers what reads trailers
    public StreamScratch(RequestHead request, ResponseHead response, FieldLines trailers) {
        this.request = request;
        this.response = response;
        this.trailers = trailers;
    }

    /// The head of a request that was read last.
    RequestHead request() {
        return request;
    }

    /// The same of answers.
    ResponseHead response() {
        return response;
    }

    /// The same of trailers.
    FieldLines trailers() {
        return trailers;
    }

    /// The text that was written last.
    Http1Text text() {
        return text;
    }
}
