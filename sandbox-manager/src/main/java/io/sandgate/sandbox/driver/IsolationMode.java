package io.sandgate.sandbox.driver;

/// Whether sandboxes are kept apart from the machine.
public enum IsolationMode {
    /// The replica does not start where they cannot be.
    REQUIRED,
    /// They are as far as the machine allows it.
    PREFERRED,
    /// They are processes of the replica's user.
    OFF
}
