package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.EffectiveUser;
import io.sandgate.sandbox.linux.FileStatus;
import io.sandgate.sandbox.runtime.Account;
import java.io.IOException;

/// Gives what the replica has just made to the user who asked for it.
///
/// What is open need not be what was made: a program of the sandbox may have put something else in its place. So only what
/// belongs to the replica's own user is given away, which owns nothing in an isolated sandbox that a program could move.
final class Ownership {

    private final Account account;

    Ownership(Account account) {
        this.account = account;
    }

    /// Gives it away, with these permissions, if it is new.
    void give(Descriptor made, int permissions) throws IOException {
        FileStatus status = made.status();
        int self = EffectiveUser.id();
        if (status.user() != self) {
            return;
        }
        if (account.hostUid() != self || account.hostGid() != status.group()) {
            made.changeOwner(account.hostUid(), account.hostGid());
        }
        if (status.permissions() != permissions) {
            made.changeMode(permissions);
        }
    }
}
