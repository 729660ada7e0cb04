package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.PeerAnswer.Counts;
import io.sandgate.gateway.connection.PeerAnswer.Done;
import io.sandgate.gateway.connection.PeerAnswer.Full;
import io.sandgate.gateway.connection.PeerAnswer.Gone;
import io.sandgate.gateway.connection.PeerAnswer.TooManyRooms;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
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
    /// What other replicas asked for and was done. Guarded by this.
    private @Nullable RecentIds done;
    /// What was refused, as there were too many rooms. Guarded by this.
    private @Nullable RecentIds refused;

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

    /// Carries out a request of another replica, unless it was: then the answer is the same again. Two attempts with the same
    /// request do not come between each other's look and note.
    ///
    /// @param request the first 64 bits of its id
    /// @param work carries it out
    /// @param meters counts repeated ones
    synchronized PeerAnswer once(long request, Supplier<PeerAnswer> work, ConnectionMeters meters) {
        PeerAnswer before = answered(request);
        if (before != null) {
            meters.repeated();
            return before;
        }
        PeerAnswer answer = work.get();
        switch (answer) {
            case Done() -> done = noted(done, request);
            case TooManyRooms() -> refused = noted(refused, request);
            // it may be done the next time, or the connection is over
            case Full(),Gone _,Counts _ -> {
            }
        }
        return answer;
    }

    private @Nullable PeerAnswer answered(long request) {
        if (done != null && done.contains(request)) {
            return new Done();
        }
        return refused != null && refused.contains(request) ? new TooManyRooms() : null;
    }

    private static RecentIds noted(@Nullable RecentIds before, long request) {
        RecentIds ids = before == null ? new RecentIds() : before;
        ids.add(request);
        return ids;
    }
}
