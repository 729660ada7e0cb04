package io.sandgate.membership;

import io.sandgate.membership.trust.RefusedCertificateException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.jgroups.Address;
import org.jgroups.JChannel;

/// How the group's bytes travel.
interface Wire {

    /// As they are: for a cluster on one machine.
    Wire PLAIN = new Wire() {
        @Override
        public void prepare(JChannel channel) {}

        @Override
        public void requirePrepared(JChannel channel) {}

        @Override
        public boolean isListening(InetSocketAddress at, Duration within) {
            try (Socket socket = new Socket()) {
                socket.connect(at, (int) within.toMillis());
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public int overhead() {
            return 0;
        }

        @Override
        public byte[] wrap(byte[] announcement, Address from) {
            return announcement;
        }

        @Override
        public byte[] unwrap(byte[] message, Address from) {
            return message;
        }

        @Override
        public void refused(String remote, RefusedCertificateException refusal) {}
    };

    /// Gives a channel that is not connected its sockets.
    void prepare(JChannel channel);

    /// Makes sure that a channel that is connected has these sockets.
    ///
    /// @throws MembershipException when it has others
    void requirePrepared(JChannel channel);

    /// Whether somebody other than this replica takes connections there, whether he believes this one or not. Blocks, at
    /// most for twice the time.
    boolean isListening(InetSocketAddress at, Duration within);

    /// By how much a message may be longer than its announcement.
    int overhead();

    /// The message for an announcement of this replica.
    byte[] wrap(byte[] announcement, Address from);

    /// The announcement in a message, once it is certain that it is the sender's own.
    byte[] unwrap(byte[] message, Address from) throws RefusedCertificateException;

    /// Notes that a message was not believed.
    void refused(String remote, RefusedCertificateException refusal);
}
