package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.PeerAnswer.Done;
import io.sandgate.gateway.connection.PeerAnswer.Full;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// One connection that this replica holds. Its rooms change under the lock of [LocalConnections].
final class LocalConnection implements Held {
    private final LocalConnections all;
    private final ClientKey key;
    private final String id;
    private final ClientSocket socket;
    private final long since;
    private volatile List<String> rooms;
    private volatile CompletionStage<Void> known = CompletableFuture.completedStage(null);
    /// Guarded by this.
    private @Nullable RecentIds recent;

    LocalConnection(LocalConnections all, ClientKey key, String id, ClientSocket socket, long since,
            List<String> rooms) {
        this.all = all;
        this.key = key;
        this.id = id;
        this.socket = socket;
        this.since = since;
        this.rooms = rooms;
    }

    @Override
    public String connectionId() {
        return id;
    }

    @Override
    public CompletionStage<Void> known() {
        return known;
    }

    @Override
    public void closed() {
        all.closed(this);
    }

    @Override
    public Joining join(String room) {
        return all.join(this, room);
    }

    @Override
    public void leave(String room) {
        all.leave(this, room);
    }

    void known(CompletionStage<Void> published) {
        known = published;
    }

    ClientKey key() {
        return key;
    }

    ClientSocket socket() {
        return socket;
    }

    List<String> rooms() {
        return rooms;
    }

    void rooms(Collection<String> inOrder) {
        rooms = List.copyOf(inOrder);
    }

    ClientRow row(String replica, long incarnation) {
        return new ClientRow(key, id, replica, incarnation, since, rooms);
    }

    /// Hands a message to the socket.
    PeerAnswer deliver(String frame) {
        return socket.deliver(frame) ? new Done() : new Full();
    }

    /// Notes a request of another replica that is carried out once, however often it comes.
    ///
    /// @param request the first 64 bits of its id
    /// @param meters counts repeated ones
    /// @return whether it had not been noted
    synchronized boolean isFirst(long request, ConnectionMeters meters) {
        RecentIds ids = recent == null ? new RecentIds() : recent;
        recent = ids;
        if (ids.contains(request)) {
            meters.repeated();
            return false;
        }
        ids.add(request);
        return true;
    }

    /// Hands a message of another replica to the socket, unless it has it already. Two attempts with the same message do
    /// not come between each other's look and note.
    ///
    /// @param message the first 64 bits of its id
    /// @param meters counts repeated ones
    synchronized PeerAnswer deliverOnce(long message, String frame, ConnectionMeters meters) {
        RecentIds ids = recent == null ? new RecentIds() : recent;
        recent = ids;
        if (ids.contains(message)) {
            meters.repeated();
            return new Done();
        }
        PeerAnswer answer = deliver(frame);
        if (answer instanceof Done) {
            ids.add(message);
        }
        return answer;
    }
}
