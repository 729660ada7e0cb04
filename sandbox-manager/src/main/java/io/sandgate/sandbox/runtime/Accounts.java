package io.sandgate.sandbox.runtime;

/// The users of one sandbox. Thread-safe.
public interface Accounts {

    /// Finds a user by its name or number; an empty name is the default user.
    ///
    /// @throws GuestException UNAUTHENTICATED when there is none
    Account find(String user);

    /// How a user of this machine is called in the sandbox: by name if it has one there, else by its number there.
    String userName(int hostUid);

    /// How a group of this machine is called in the sandbox, in the same way.
    String groupName(int hostGid);
}
