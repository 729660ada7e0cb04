package io.sandgate.sandbox.outbound;

import java.util.Locale;

/// That a connection goes no further, and why.
final class Refusal extends Exception {

    private static final long serialVersionUID = 1;

    private final Reason reason;

    enum Reason {
        /// It does not say, in a form that has one meaning only, for whom it is.
        UNCLEAR,
        /// It says too much before it says for whom it is.
        TOO_LARGE,
        /// It takes too long to say so.
        LATE,
        /// No rule of its sandbox names whom it is for.
        NOT_ALLOWED,
        /// A later request on it is for another name than the first.
        OTHER_NAME,
        /// The name has no address.
        NOT_FOUND,
        /// All addresses of the name are closed to sandboxes.
        CLOSED,
        /// Nobody answers at the addresses of the name.
        NOT_CONNECTED,
        /// Its sandbox, or all together, have too many.
        TOO_MANY;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Refusal(Reason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
