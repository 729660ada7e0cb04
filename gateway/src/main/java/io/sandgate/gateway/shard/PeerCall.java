package io.sandgate.gateway.shard;

/// What replicas ask each other about shards: POST requests with a JSON object, on the peer listener.
public enum PeerCall {
    /// Asks for a vote.
    VOTE("vote"),
    /// Tells the leader what this replica holds and waits for, and gets what it may.
    POLL("poll"),
    /// Keep these session records.
    RECORDS("records"),
    /// Which session records of these shards are there?
    FIND("find"),
    /// What does this replica hold?
    LOCAL("local"),
    /// Do something with shards that this replica holds.
    COMMAND("command");

    private final String path;

    PeerCall(String path) {
        this.path = path;
    }

    /// The last part of its path.
    public String path() {
        return path;
    }
}
