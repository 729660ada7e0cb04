package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.PathText;
import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.util.ArrayDeque;

/// An absolute path in a sandbox, without `.`, `..` and empty names.
///
/// @param text as `/home/user/a`; `/` for the root
record GuestPath(String text) {

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_PATH = 4095;

    /// What a caller means: relative to the home of the user, which an empty path and `~` are, too.
    static GuestPath of(String path, Account account) {
        check(path);
        if (path.startsWith("~") && path.length() > 1 && path.charAt(1) != '/') {
            throw invalid(path, "the home of another user cannot be named with ~");
        }
        String absolute;
        if (path.startsWith("/")) {
            absolute = path;
        } else {
            absolute = account.home() + "/" + (path.startsWith("~") ? path.substring(1) : path);
        }
        return clean(absolute);
    }

    /// The same, for what is to be changed or taken away: an empty path is none.
    static GuestPath named(String path, Account account) {
        if (path.isEmpty()) {
            throw new GuestException(Code.INVALID_ARGUMENT, "path: '' (expected: the path of a file or directory)");
        }
        return of(path, account);
    }

    boolean isRoot() {
        return text.equals("/");
    }

    /// Its last name; `/` of the root.
    String name() {
        return isRoot() ? text : text.substring(text.lastIndexOf('/') + 1);
    }

    GuestPath parent() {
        int slash = text.lastIndexOf('/');
        return slash <= 0 ? new GuestPath("/") : new GuestPath(text.substring(0, slash));
    }

    /// What has a name, or a path of names, in it.
    GuestPath child(String name) {
        return new GuestPath(isRoot() ? "/" + name : text + "/" + name);
    }

    @Override
    public String toString() {
        return text;
    }

    private static GuestPath clean(String absolute) {
        var names = new ArrayDeque<String>();
        for (String name : absolute.split("/", -1)) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                if (PathText.encode(name).length > LONGEST_NAME) {
                    throw invalid(absolute, "a name in it is longer than " + LONGEST_NAME + " bytes");
                }
                names.addLast(name);
            }
        }
        String text = "/" + String.join("/", names);
        if (PathText.encode(text).length > LONGEST_PATH) {
            throw invalid(absolute, "it is longer than " + LONGEST_PATH + " bytes");
        }
        return new GuestPath(text);
    }

    private static void check(String path) {
        if (path.indexOf('\0') >= 0) {
            throw invalid(path, "it has a zero character");
        }
        if (path.length() > LONGEST_PATH) {
            throw invalid(path, "it is longer than " + LONGEST_PATH + " bytes");
        }
    }

    /// A refusal that shows the beginning of the path, without what would spoil a line of text.
    private static GuestException invalid(String path, String reason) {
        String shown = path.length() > 64 ? path.substring(0, 64) + "..." : path;
        return new GuestException(Code.INVALID_ARGUMENT,
                "path: '" + shown.replaceAll("\\p{Cntrl}", "?") + "' cannot be used: " + reason);
    }
}
