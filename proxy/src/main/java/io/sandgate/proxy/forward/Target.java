package io.sandgate.proxy.forward;

/// What a request on the public listener is addressed to.
sealed interface Target {

    /// How a request names its sandbox.
    enum Form {
        /// `<port>-<id>.<domain>` is its Host.
        HOST,
        /// `E2b-Sandbox-Id` and `E2b-Sandbox-Port` are among its fields.
        FIELDS,
        /// `/sandbox/<id>/<port>/…` is its path.
        PATH
    }

    /// A port of a sandbox.
    ///
    /// @param id the sandbox's id, well-formed
    /// @param port 1 to 65535
    /// @param uri the request target for the sandbox: path and query, byte for byte
    /// @param prefix what was cut off the path, or empty
    record Sandbox(Form form, String id, int port, String uri, String prefix) implements Target {
        /// The same port by another request that names it by Host.
        Sandbox at(String other) {
            return new Sandbox(form, id, port, other, prefix);
        }
    }

    /// The lifecycle API.
    record Lifecycle() implements Target {
        static final Lifecycle INSTANCE = new Lifecycle();
    }

    /// Nothing, since the address is malformed.
    record Malformed(Refusal refusal) implements Target {
        static Malformed of(String message) {
            return new Malformed(Refusal.malformed(message));
        }
    }
}
