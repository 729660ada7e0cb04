package io.sandgate.api.route;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Iterator;

/// Lines on their way to a client, as fast as the client reads; a million routes need no page in memory.
final class LineStream {
    private static final int CHUNK = 32 * 1024;

    private final HttpServerResponse response;
    private final Iterator<Buffer> lines;

    private LineStream(HttpServerResponse response, Iterator<Buffer> lines) {
        this.response = response;
        this.lines = lines;
    }

    static void start(HttpServerResponse response, Iterator<Buffer> lines) {
        response.putHeader("content-type", "application/x-ndjson").setChunked(true);
        LineStream stream = new LineStream(response, lines);
        response.drainHandler(drained -> stream.pump());
        stream.pump();
    }

    private void pump() {
        while (!response.ended() && !response.closed() && !response.writeQueueFull()) {
            Buffer chunk = Buffer.buffer(CHUNK + 1024);
            while (chunk.length() < CHUNK && lines.hasNext()) {
                chunk.appendBuffer(lines.next()).appendByte((byte) '\n');
            }
            if (lines.hasNext()) {
                response.write(chunk);
            } else {
                response.end(chunk);
            }
        }
    }
}
