package io.sandgate.gateway.shard.sink;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// Events as lines of JSON in a file:
/// `{"shard":[0,16],"session":"…","seq":5,"type":"…","data":{…}}`.
///
/// The file may be moved away at any time, as log rotation does; the next lines are in a new one. An event is done when the
/// operating system has its line: it survives the end of the process, and is not forced to the disk. Nobody else may write
/// to the file. What cannot be written, to a full disk for example, is tried again until it can.
public final class JsonLinesSink implements EventSink {
    private static final int MAX_EVENTS = 10_000;
    private static final int MAX_BYTES = 1 << 20;

    private final BatchingSink sink;

    private JsonLinesSink(BatchingSink sink) {
        this.sink = sink;
    }

    /// A sink to a file, which is made when it is not there.
    ///
    /// @param threads for its one thread, which blocks on the file
    /// @throws IOException when the file cannot be written to at all
    public static JsonLinesSink open(Path file, Backoff backoff, ThreadFactory threads, RandomGenerator random)
            throws IOException {
        return open(file, LineFile::openToAppend, backoff, threads, random);
    }

    static JsonLinesSink open(Path file, LineFile.Opener opener, Backoff backoff, ThreadFactory threads,
            RandomGenerator random) throws IOException {
        LineFile lines = new LineFile(file, opener);
        lines.open();
        BatchingSink.Settings settings = new BatchingSink.Settings("file", MAX_EVENTS, MAX_BYTES, backoff);
        return new JsonLinesSink(BatchingSink.start(settings, lines, threads, random));
    }

    @Override
    public void offer(GatewayEvent event, Delivery delivery) {
        sink.offer(event, delivery);
    }

    @Override
    public SinkStatus status() {
        return sink.status();
    }

    @Override
    public void close() {
        sink.close();
    }
}
