package io.sandgate.gateway.stream.serve;

import io.netty.channel.Channel;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.pump.End;
import io.sandgate.gateway.stream.pump.Note;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.List;

/// Writes server-sent events to the body of a response.
final class EventStreamOutlet implements SocketOutlet {
    private final WriteStream<Buffer> body;
    private final Line line;
    private final Encoder encoder;
    private final Loop loop;
    private final StreamSettings settings;

    /// @param channel of the response, after which it is closed
    EventStreamOutlet(WriteStream<Buffer> body, Channel channel, Encoder encoder, Loop loop,
            StreamSettings settings) {
        this.body = body;
        this.encoder = encoder;
        this.loop = loop;
        this.settings = settings;
        this.line = new Line(channel, loop.nanoTime());
        // nothing comes back from a reader of these, and what is written to nobody leaves the process all the same
        line.giveUpAfter(settings.stall().compareTo(settings.pong()) > 0 ? settings.stall() : settings.pong());
    }

    @Override
    public void listen(Listener listener) {
        body.exceptionHandler(broken -> {});
        line.watch(listener::drained, listener::closed);
    }

    @Override
    public boolean isFull() {
        return line.isFull();
    }

    @Override
    public void events(String epoch, List<Entry> entries) {
        var _ = body.write(encoder.eventStream(epoch, entries));
    }

    @Override
    public void state(List<Entry> entries) {
        var _ = body.write(EventStream.state(entries));
    }

    @Override
    public void note(Note note) {
        var _ = body.write(EventStream.note(note));
    }

    @Override
    public void end(End end, Note note) {
        // of a peer that does not read the end never leaves
        loop.after(settings.closing(), this::abort);
        note(note);
        body.end().onComplete(done -> {
            var _ = line.context().close();
        });
    }

    @Override
    public Health check(long now) {
        line.look(now);
        return now - line.progressAt() >= settings.stall().toNanos() ? Health.STALLED : Health.GOOD;
    }

    @Override
    public void abort() {
        line.abort();
    }
}
