package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.sandgate.proxy.forward.ForwardMetrics.Abort;

/// An upgraded connection: bytes both ways, each as fast as the other side takes them, until both sides have ended.
///
/// Confined to the client's event loop. open -> one direction ended -> both ended -> closed; anything -> closed.
final class Tunnel implements Upstream.Reader, Lessee {

    private final LoopResources loop;
    private final Upstream upstream;
    private final Line client;
    private final Line sandbox;
    private boolean clientEnded;
    private boolean sandboxEnded;
    private boolean closed;

    Tunnel(LoopResources loop, Line client, Upstream upstream) {
        this.loop = loop;
        this.client = client;
        this.upstream = upstream;
        this.sandbox = upstream.line();
    }

    /// Takes both connections over.
    void open() {
        upstream.leaseTo(this);
        upstream.readBy(this);
        client.allowHalfClosure();
        sandbox.allowHalfClosure();
    }

    // ---- what the client does

    void clientRead(ByteBuf bytes) {
        sandbox.write(bytes);
        if (!sandbox.takesMore()) {
            client.stopReads();
        }
    }

    void clientReadComplete() {
        sandbox.flush();
    }

    void clientWritabilityChanged() {
        if (client.takesMore()) {
            sandbox.startReads();
        }
    }

    void clientInputEnded() {
        clientEnded = true;
        end(sandbox);
    }

    void clientClosed() {
        close(Abort.CLIENT_GONE);
    }

    // ---- what the sandbox does

    @Override
    public void read(ByteBuf bytes) {
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
        close(Abort.ROUTE_GONE);
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
