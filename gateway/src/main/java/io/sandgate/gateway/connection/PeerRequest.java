package io.sandgate.gateway.connection;

/// What a replica asks of the one that holds a connection, or connections of a room; immutable.
public sealed interface PeerRequest {

    /// Its id: the same in each attempt.
    MessageId id();

    /// About how many bytes it is on the wire.
    default long size() {
        return 128;
    }

    /// Something for one connection.
    sealed interface OfConnection extends PeerRequest {
        /// The client whose connection it is.
        ClientKey key();

        /// The connection.
        String connection();
    }

    /// Hand a frame to a connection.
    record Deliver(MessageId id, ClientKey key, String connection, String frame) implements OfConnection {
        @Override
        public long size() {
            return 128L + frame.length();
        }
    }

    /// Put a connection into a room.
    record Join(MessageId id, ClientKey key, String connection, String room) implements OfConnection {}

    /// Take a connection out of a room.
    record Leave(MessageId id, ClientKey key, String connection, String room) implements OfConnection {}

    /// Say what you have of a client, as [PeerAnswer.Gone].
    record Look(MessageId id, ClientKey key) implements PeerRequest {}

    /// Hand a frame to all connections of yours that are in a room.
    record Broadcast(MessageId id, String team, String room, String frame) implements PeerRequest {
        @Override
        public long size() {
            return 128L + frame.length();
        }
    }
}
