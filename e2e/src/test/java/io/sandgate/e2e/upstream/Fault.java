package io.sandgate.e2e.upstream;

/// Something that goes wrong on one connection, at once.
public sealed interface Fault {

    /// It is closed with a code.
    record Close(int code) implements Fault {}

    /// Its TCP connection ends without a close frame.
    record Drop() implements Fault {}

    /// It is told to reconnect: op 7.
    record Reconnect() implements Fault {}

    /// Its session is invalid: op 9. The session ends unless it is resumable; the connection is without a session then.
    record InvalidSession(boolean resumable) implements Fault {}

    /// Its heartbeats are not acknowledged from now on.
    record Zombie() implements Fault {}

    /// It gets a frame that is no JSON.
    record NotJson() implements Fault {}

    /// It gets an opcode that does not exist.
    record UnknownOpcode() implements Fault {}

    /// It gets an old event of its session once more, so that the sequence goes back for one event.
    record Backwards() implements Fault {}

    /// It is asked for a heartbeat: op 1.
    record AskHeartbeat() implements Fault {}

    /// It gets a small compressed message that inflates to this many MiB of spaces, and nothing after that. Nothing happens to a
    /// connection without compression.
    record Bomb(int mebibytes) implements Fault {}
}
