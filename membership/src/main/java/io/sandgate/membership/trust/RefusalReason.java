package io.sandgate.membership.trust;

import java.util.Locale;

/// Why someone was not believed.
public enum RefusalReason {
    /// No certificate was shown.
    NO_CERTIFICATE,
    /// What was sent is no TLS.
    NOT_TLS,
    /// The certificate is of another authority: that of another secret, or a foreign one.
    FOREIGN_AUTHORITY,
    /// The certificate is not valid yet, or not any more.
    OUT_OF_DATE,
    /// The certificate names no replica.
    NO_REPLICA_ID,
    /// The certificate may not be used for this.
    WRONG_USE,
    /// The certificate names another replica than the one that its owner claims to be, or that was meant.
    WRONG_ID,
    /// The certificate names a replica that is no member of the cluster.
    NOT_A_MEMBER,
    /// A message has no proof of its sender, or one that does not hold.
    NO_PROOF,
    /// One address began more handshakes at once than it may.
    TOO_MANY,
    /// The handshake ended before anything was shown: often the other side does not believe this one.
    HANDSHAKE;

    /// The value of the metric's tag.
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
