package io.sandgate.gateway.connection.socket;

import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.ClientSocket;
import io.sandgate.gateway.connection.Held;
import io.sandgate.gateway.connection.Opening;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/// Opens each connection, and remembers what was asked of it. Safe for any thread.
final class FakeOpener implements Sockets.Opener {
    final List<FakeHeld> held = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> known = new CompletableFuture<>();

    final class FakeHeld implements Held {
        final ClientKey key;
        final ClientSocket socket;
        final List<String> asked = new CopyOnWriteArrayList<>();

        FakeHeld(ClientKey key, ClientSocket socket) {
            this.key = key;
            this.socket = socket;
        }

        @Override
        public String connectionId() {
            return "c-" + key.client();
        }

        @Override
        public CompletionStage<Void> known() {
            return known;
        }

        @Override
        public void closed() {
            asked.add("closed");
        }

        @Override
        public Joining join(String room) {
            asked.add("join " + room);
            return room.equals("full") ? Joining.TOO_MANY : Joining.JOINED;
        }

        @Override
        public void leave(String room) {
            asked.add("leave " + room);
        }
    }

    @Override
    public Opening open(ClientKey key, Set<String> rooms, ClientSocket socket) {
        if (key.client().equals("late")) {
            return new Opening.Refused(CloseCode.GOING_AWAY, "the replica is going down");
        }
        FakeHeld opened = new FakeHeld(key, socket);
        held.add(opened);
        return new Opening.Opened(opened);
    }
}
