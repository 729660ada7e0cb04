package io.sandgate.gateway.connection;

/// How far a request to another replica has come.
sealed interface Passage {

    /// It was answered.
    record Answered(PeerAnswer answer) implements Passage {}

    /// It was not, in its time.
    ///
    /// @param why in words
    record NotAnswered(String why) implements Passage {}
}
