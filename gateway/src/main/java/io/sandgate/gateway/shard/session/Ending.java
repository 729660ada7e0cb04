package io.sandgate.gateway.shard.session;

/// Why an attempt ended, and what that says of the session.
enum Ending {
    /// This side wants another connection.
    OWN_WISH("abandoned", Verdict.KEEP),
    /// Another replica has just let go of the shard, as a few do at a time: nothing is to be waited for.
    HANDED_OVER("abandoned", Verdict.KEEP),
    /// The upstream asks to connect again.
    RECONNECT("reconnect", Verdict.KEEP),
    /// What was to come did not, in time.
    TIMEOUT("timeout", Verdict.DOUBT),
    /// It could not be opened, was closed, or broke.
    CLOSED("closed", Verdict.DOUBT),
    /// It was closed since too much was sent: not to be dialled at once.
    TOO_MUCH_SENT("closed", Verdict.KEEP),
    /// A heartbeat was not acknowledged.
    ZOMBIE("zombie", Verdict.DOUBT),
    /// Something came that is not the protocol.
    BAD_FRAME("bad_frame", Verdict.DOUBT),
    /// INVALID_SESSION, and the session may be resumed.
    INVALID_NOW("op9", Verdict.DOUBT),
    /// INVALID_SESSION, and the session is over.
    INVALID_FOR_GOOD("op9", Verdict.DROP),
    /// It was closed with a code that says that the session is over.
    SESSION_OVER("closed", Verdict.DROP),
    /// It was closed with a code that says that nothing can be had this way.
    REFUSED("refused", Verdict.DROP);

    /// What an end says of the session.
    enum Verdict {
        /// Nothing.
        KEEP,
        /// When it was being resumed, that the RESUME may be what fails; when HELLO had not come, that the address may be.
        DOUBT,
        /// It is none any more.
        DROP
    }

    private final String result;
    private final Verdict verdict;

    Ending(String result, Verdict verdict) {
        this.result = result;
        this.verdict = verdict;
    }

    /// What came of an IDENTIFY or RESUME that ended so, in a word for counting.
    String result() {
        return result;
    }

    Verdict verdict() {
        return verdict;
    }
}
