package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;

/// The only user of a sandbox that has no users of its own: the replica's, whatever he is asked for as.
///
/// @param name his name
/// @param number as programs of the sandbox see it
/// @param hostNumber the machine's
/// @param home within the sandbox
record OneUser(String name, int number, int hostNumber, String home) implements Accounts {

    @Override
    public Account find(String asked) {
        return switch (asked) {
            case "", "user", "root" -> new Account(asked.isEmpty() ? "user" : asked, number, number, hostNumber,
                    hostNumber, home);
            default -> {
                if (asked.equals(name) || asked.equals(Integer.toString(number))) {
                    yield new Account(name, number, number, hostNumber, hostNumber, home);
                }
                throw new GuestException(Code.UNAUTHENTICATED,
                        "user: " + asked + " (expected: user, root or " + name + ")");
            }
        };
    }

    @Override
    public String userName(int hostUid) {
        return name(hostUid);
    }

    @Override
    public String groupName(int hostGid) {
        return name(hostGid);
    }

    private String name(int of) {
        return of == hostNumber ? name : Integer.toString(of);
    }
}
