package io.sandgate.membership;

/// What came out of the bytes of a message: an announcement, or the reason why there is none.
sealed interface Decoded permits Announcement, Decoded.Undecodable {

    /// Bytes that are no announcement.
    ///
    /// @param reason what kind of fault it is
    /// @param detail what was found and what was expected
    record Undecodable(IgnoreReason reason, String detail) implements Decoded {}
}
