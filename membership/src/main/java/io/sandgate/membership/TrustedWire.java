package io.sandgate.membership;

import io.sandgate.membership.trust.PeerSockets;
import io.sandgate.membership.trust.RefusalReason;
import io.sandgate.membership.trust.Refusals.Where;
import io.sandgate.membership.trust.RefusedCertificateException;
import io.sandgate.membership.trust.Seal;
import io.sandgate.membership.trust.Trust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.stack.Protocol;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.Util;

/// Mutual TLS under the group, and announcements that prove who makes them.
///
/// Implementation note. JGroups does not tell from which connection a message came, and a message names its sender itself:
/// so whoever is let in could speak for anyone. An announcement is therefore sealed with the key of its replica's
/// certificate, together with the address that the group knows the sender by.
final class TrustedWire implements Wire {
    private final Trust trust;
    private final PeerSockets sockets;
    private final Seal seal;

    TrustedWire(Trust trust) {
        this.trust = trust;
        this.sockets = new PeerSockets(trust);
        this.seal = trust.seal();
    }

    @Override
    public void prepare(JChannel channel) {
        channel.getProtocolStack().getTransport().setSocketFactory(new TrustedSockets(sockets));
    }

    /// JGroups exchanges the factory for one of its own when it is told so by settings: better no cluster than a plain one.
    @Override
    public void requirePrepared(JChannel channel) {
        for (Protocol protocol : channel.getProtocolStack().getProtocols()) {
            if (!(protocol.getSocketFactory() instanceof TrustedSockets)) {
                throw new MembershipException("the cluster's protocol " + protocol.getName()
                        + " has sockets without mutual TLS (expected: TLS with a certificate of both ends)");
            }
        }
    }

    /// With a whole handshake and a clean end, so that the other end sees a replica and no stranger.
    @Override
    public boolean isListening(InetSocketAddress at, Duration within) {
        boolean connected = false;
        try (Socket socket = sockets.client()) {
            socket.connect(at, (int) within.toMillis());
            connected = true;
            socket.setSoTimeout((int) within.toMillis());
            if (socket instanceof SSLSocket tls) {
                tls.startHandshake();
                // Its end of the handshake may still be under way: a reset would look like a failure.
                tls.shutdownOutput();
                var _ = tls.getInputStream().readNBytes(1);
            }
            return true;
        } catch (IOException e) {
            return connected;
        }
    }

    @Override
    public int overhead() {
        return Seal.LONGEST;
    }

    @Override
    public byte[] wrap(byte[] announcement, Address from) {
        return seal.seal(announcement, bytes(from));
    }

    @Override
    public byte[] unwrap(byte[] message, Address from) throws RefusedCertificateException {
        Seal.Opened opened = seal.open(message, bytes(from));
        if (AnnouncementCodec.decode(opened.message()) instanceof Announcement announcement
                && !announcement.member().id().equals(opened.id())) {
            throw new RefusedCertificateException(RefusalReason.WRONG_ID,
                    "replica " + opened.id() + " announces itself as " + announcement.member().id());
        }
        return opened.message();
    }

    @Override
    public void refused(String remote, RefusedCertificateException refusal) {
        trust.refusals().refused(Where.CLUSTER, refusal.reason(), remote, String.valueOf(refusal.getMessage()));
    }

    private static byte[] bytes(Address address) {
        ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(address.serializedSize() + 8);
        try {
            Util.writeAddress(address, out);
        } catch (IOException e) {
            throw new IllegalStateException("an address in memory cannot be written", e);
        }
        byte[] bytes = new byte[out.position()];
        System.arraycopy(out.buffer(), 0, bytes, 0, bytes.length);
        return bytes;
    }
}
