package io.sandgate.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.sandgate.proxy.http1.RequestHead;

/// The head of a request as it came, kept until its answer has come: it may have to be sent again, or looked into again.
/// Confined to the client's event loop.
final class KeptHead {
    private final LoopResources loop;
    private final ByteBuf octets;
    private long serial;

    /// @param octets which were just read, and which this releases
    KeptHead(LoopResources loop, ByteBuf octets) {
        this.loop = loop;
        this.octets = octets;
        this.serial = loop.requestHead().serial();
    }

    /// The loop's head, which is this one again, whatever was read meanwhile.
    RequestHead read() {
        RequestHead head = loop.requestHead();
        if (head.serial() != serial) {
            head.parse(octets, octets.readableBytes());
            serial = head.serial();
        }
        return head;
    }

    /// The head as the sandbox gets it.
    ///
    /// @param host that the sandbox sees, or empty for the client's
    /// @param client the connection that it came over
    /// @param upgrade whether it goes on as a request for an upgrade
    /// @param writable whether something is to be written behind it
    ByteBuf toSandbox(Target.Sandbox target, String host, Channel client, boolean upgrade, boolean writable) {
        RequestHead head = read();
        ForwardedFields forwarded = loop.settings().forwardedFields();
        return !writable && RequestCopy.isNone(head, target, host, upgrade, forwarded)
                ? octets.retainedDuplicate()
                : RequestCopy.write(head, target, host, client, upgrade, forwarded, octets.readableBytes());
    }

    void release() {
        octets.release();
    }
}
