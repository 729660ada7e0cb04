package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Fault.AskHeartbeat;
import io.sandgate.e2e.upstream.Fault.Backwards;
import io.sandgate.e2e.upstream.Fault.Bomb;
import io.sandgate.e2e.upstream.Fault.Close;
import io.sandgate.e2e.upstream.Fault.Drop;
import io.sandgate.e2e.upstream.Fault.InvalidSession;
import io.sandgate.e2e.upstream.Fault.NotJson;
import io.sandgate.e2e.upstream.Fault.Reconnect;
import io.sandgate.e2e.upstream.Fault.UnknownOpcode;
import io.sandgate.e2e.upstream.Fault.Zombie;
import io.sandgate.e2e.upstream.Observed.Injected;

/// How each fault is done to a connection. Confined to the loop.
final class FaultInjection {
    private final UpstreamState state;

    FaultInjection(UpstreamState state) {
        this.state = state;
    }

    void inject(Fault fault, Connection connection) {
        state.seen().injected.add(new Injected(state.now(), fault, connection.number(),
                connection.session().map(Session::id).orElse("")));
        switch (fault) {
            case Close(int code) -> connection.close(code, "on demand");
            case Drop() -> connection.drop();
            case Reconnect() -> connection.send(7, "null");
            case InvalidSession(boolean resumable) -> invalidate(connection, resumable);
            case Zombie() -> connection.turnZombie();
            case NotJson() -> connection.send("{\"op\":0,");
            case UnknownOpcode() -> connection.send(99, "{}");
            case Backwards() -> connection.session().ifPresent(session -> connection.send(session.oldest()));
            case AskHeartbeat() -> connection.send(1, "null");
            case Bomb(int mebibytes) -> connection.bomb(mebibytes);
        }
    }

    private void invalidate(Connection connection, boolean resumable) {
        connection.send(9, resumable);
        connection.session().ifPresent(session -> state.leave(session, resumable ? "" : "op 9"));
        connection.invalidated();
    }
}
