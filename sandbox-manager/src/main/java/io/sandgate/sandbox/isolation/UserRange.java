package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;

/// The numbers of the machine that stand for the users of one sandbox, apart from those of all others: so that even what
/// has got out of one could not touch the files or processes of another.
///
/// @param first the machine's number of the sandbox' root
record UserRange(int first) implements Accounts {

    /// How many there are: as many ranges as a block has addresses fit between the first and the largest number.
    static final int SIZE = 1 << 14;

    private static final int BASE = 1 << 30;
    private static final int USER = 1000;

    /// The range of a sandbox by its place in its replica's block of addresses.
    static UserRange at(int place) {
        return new UserRange(BASE + (place & 0xffff) * SIZE);
    }

    /// The line for `uid_map` and `gid_map`.
    String map() {
        return "0 " + first + " " + SIZE + "\n";
    }

    @Override
    public Account find(String name) {
        return switch (name) {
            case "", "user", "1000" -> account("user", USER, Bubblewrap.HOME);
            case "root", "0" -> account("root", 0, "/root");
            default -> throw new GuestException(Code.UNAUTHENTICATED,
                    "user: " + name + " (expected: user or root)");
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

    private String name(int hostNumber) {
        int number = hostNumber - first;
        return switch (number) {
            case 0 -> "root";
            case USER -> "user";
            default -> number > 0 && number < SIZE ? Integer.toString(number) : "nobody";
        };
    }

    private Account account(String name, int number, String home) {
        return new Account(name, number, number, first + number, first + number, home);
    }
}
