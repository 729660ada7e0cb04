package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.sandgate.proxy.forward.ForwardMetrics.Abort;
import io.sandgate.proxy.websocket.CloseFrame;
import io.sandgate.proxy.websocket.FrameFollower;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// An upgraded connection: bytes both ways, each as fast as the other side takes them, until both sides have ended.
///
/// When the sandbox is gone or the replica stops, a WebSocket is closed with a frame that says so, to each side that is between
/// two frames; in the midst of a frame, and in other protocols, the connection is broken, so that nobody takes a part for the
/// whole.
///
/// Confined to the client's event loop. open -> one direction ended -> both ended -> closed; anything -> closed.
final class Tunnel implements Stage, Upstream.Reader, Lessee {

    private final LoopResources loop;
    private final Upstream upstream;
    private final ClientRequests requests;
    private final Line client;
    private final Line sandbox;
    /// Where the frames of each direction are; null when this is no WebSocket.
    private final @Nullable FrameFollower toSandbox;
    private final @Nullable FrameFollower toClient;
    private boolean clientEnded;
    private boolean sandboxEnded;
    private boolean closed;

    /// @param requests of the client before
    Tunnel(LoopResources loop, ClientRequests requests, Line client, Upstream upstream, boolean webSocket) {
        this.loop = loop;
        this.requests = requests;
        this.client = client;
        this.upstream = upstream;
        this.sandbox = upstream.line();
        this.toSandbox = webSocket ? new FrameFollower() : null;
        this.toClient = webSocket ? new FrameFollower() : null;
    }

    /// Takes both connections over.
    void open() {
        upstream.leaseTo(this);
        upstream.readBy(this);
        client.allowHalfClosure();
        sandbox.allowHalfClosure();
    }

    // ---- what the client does

    @Override
    public boolean take(ByteBuf in) {
        return takeWhole(in.readRetainedSlice(in.readableBytes()));
    }

    @Override
    public boolean takeWhole(ByteBuf bytes) {
        if (toSandbox != null) {
            toSandbox.follow(bytes);
        }
        sandbox.write(bytes);
        if (!sandbox.takesMore()) {
            client.stopReads();
        }
        return true;
    }

    @Override
    public void flush() {
        sandbox.flush();
    }

    @Override
    public void clientWritabilityChanged() {
        if (client.takesMore()) {
            sandbox.startReads();
        }
    }

    /// How fast is told by the sandbox.
    @Override
    public void steer(Line from, int waiting) {}

    @Override
    public boolean isForSandbox() {
        return true;
    }

    @Override
    public boolean takeEvent(Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            clientEnded = true;
            end(sandbox);
            return true;
        }
        return event instanceof ChannelInputShutdownReadComplete;
    }

    @Override
    public void clientGone() {
        close(Abort.CLIENT_GONE);
    }

    // ---- what the sandbox does

    @Override
    public void read(ByteBuf bytes) {
        if (toClient != null) {
            toClient.follow(bytes);
        }
        client.write(bytes);
        if (!client.takesMore()) {
            sandbox.stopReads();
        }
    }

    @Override
    public void readComplete() {
        client.flush();
    }

    @Override
    public void writabilityChanged() {
        if (sandbox.takesMore()) {
            client.startReads();
        }
    }

    @Override
    public void inputEnded() {
        sandboxEnded = true;
        end(client);
    }

    @Override
    public void closed(boolean broken) {
        close(Abort.UPSTREAM_DIED);
    }

    @Override
    public void sandboxGone() {
        leave(Abort.ROUTE_GONE);
    }

    /// The replica stops, and a WebSocket has had its time. What else was agreed upon has no word for it.
    void drained() {
        if (toClient != null) {
            leave(Abort.DRAINED);
        }
    }

    @Override
    public void connected(Upstream another) {
        throw new IllegalStateException("a tunnel asks for no connection");
    }

    @Override
    public void refused(Refusal refusal) {
        throw new IllegalStateException("a tunnel asks for no connection");
    }

    /// Passes the end of one direction on after its last byte.
    private void end(Line to) {
        if (closed) {
            return;
        }
        if (clientEnded && sandboxEnded) {
            finish();
            client.closeAfterWrites();
            sandbox.closeAfterWrites();
            upstream.leave();
        } else {
            to.endOutput();
        }
    }

    /// Closes both sides, each with a last word if it can be said.
    private void leave(Abort reason) {
        if (toClient == null || toSandbox == null) {
            close(reason);
            return;
        }
        if (closed) {
            return;
        }
        loop.metrics().aborted(reason);
        finish();
        if (toSandbox.isOpen() && !clientEnded) {
            sandbox.write(CloseFrame.toServer(sandbox.channel().alloc(), ThreadLocalRandom.current().nextInt()));
            sandbox.closeAfterWrites();
            upstream.leave();
        } else {
            sandbox.reset();
            upstream.discard();
        }
        if (toClient.isOpen() && !sandboxEnded) {
            client.write(CloseFrame.toClient(client.channel().alloc()));
            if (clientEnded) {
                client.closeAfterWrites();
            } else {
                requests.tunnelClosed();
            }
        } else {
            client.reset();
        }
    }

    /// Closes both sides at once; the one that did not cause it sees an error.
    private void close(Abort reason) {
        if (!closed) {
            loop.metrics().aborted(reason);
            finish();
            sandbox.reset();
            client.reset();
            upstream.discard();
        }
    }

    private void finish() {
        closed = true;
        loop.budget().giveBackTunnel();
    }
}
