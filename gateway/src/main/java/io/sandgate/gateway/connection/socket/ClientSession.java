package io.sandgate.gateway.connection.socket;

import io.sandgate.gateway.connection.Held;
import io.sandgate.gateway.connection.Held.Joining;
import io.sandgate.gateway.connection.Names;
import io.sandgate.gateway.connection.socket.ClientFrame.Join;
import io.sandgate.gateway.connection.socket.ClientFrame.Leave;
import io.sandgate.gateway.connection.socket.ClientFrame.Ping;
import io.sandgate.gateway.connection.socket.ClientFrame.Unreadable;
import io.sandgate.gateway.limit.Lease;
import java.util.function.BiPredicate;

/// Carries out what a client asks for over its socket. Confined to the socket's event loop.
final class ClientSession implements SocketListener {
    private static final int SHOWN = 64;

    private final ConnectionSocket socket;
    private final Held held;
    private final Entrant entrant;
    private final Lease lease;
    private final BiPredicate<String, String> isKeyValid;

    /// @param lease given back when the socket is closed
    ClientSession(ConnectionSocket socket, Held held, Entrant entrant, Lease lease,
            BiPredicate<String, String> isKeyValid) {
        this.socket = socket;
        this.held = held;
        this.entrant = entrant;
        this.lease = lease;
        this.isKeyValid = isKeyValid;
    }

    @Override
    public void received(ClientFrame frame) {
        switch (frame) {
            case Join(String room) when isAllowed(room) -> join(room);
            case Leave(String room) when isAllowed(room) -> {
                held.leave(room);
                socket.answer(ServerFrames.left(room));
            }
            case Ping() -> socket.answer(ServerFrames.PONG);
            case Join _,Leave _,Unreadable _ -> {
            }
        }
    }

    private boolean isAllowed(String room) {
        if (!Names.isRoom(room)) {
            socket.answer(ServerFrames.error("room: " + shown(room) + " (expected: " + Names.EXPECTED_ROOM + ")"));
            return false;
        }
        if (!entrant.mayJoin().test(room)) {
            socket.answer(ServerFrames.error("room: " + room + " is not one that the ticket allows"));
            return false;
        }
        return true;
    }

    private void join(String room) {
        Joining joining = held.join(room);
        switch (joining) {
            case JOINED -> socket.answer(ServerFrames.joined(room));
            case TOO_MANY -> socket
                    .answer(ServerFrames.error("room: " + room + " is one too many. Leave another one first"));
            case CLOSED -> {
            }
        }
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    @Override
    public boolean isAllowed() {
        return isKeyValid.test(entrant.key().team(), entrant.keyId());
    }

    @Override
    public void closed() {
        lease.close();
        held.closed();
    }
}
