package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/// What the failures of this machine mean to the one who asked, in the paths of the sandbox.
final class Failures {

    private Failures() {}

    /// Explains what went wrong at a path.
    static GuestException explain(IOException cause, GuestPath path) {
        return switch (cause) {
            case SystemCallException call -> explain(call, path);
            case ClosedChannelException closed ->
                new GuestException(Code.UNAVAILABLE, "the files of the sandbox are closed: it is ending", closed);
            default -> new GuestException(Code.INTERNAL, "path '" + path + "' could not be used", cause);
        };
    }

    /// Something of another kind than the call needs.
    static GuestException notA(String expected, GuestPath path) {
        return new GuestException(Code.INVALID_ARGUMENT, "path '" + path + "' is not a " + expected);
    }

    /// More than a bound allows.
    static GuestException tooMany(String what, int bound, GuestPath path) {
        return new GuestException(Code.RESOURCE_EXHAUSTED,
                "path '" + path + "': more than " + bound + " " + what + " (the bound of one call)");
    }

    /// Something is mounted there.
    static GuestException mountPoint(GuestPath path) {
        return new GuestException(Code.FAILED_PRECONDITION,
                "path '" + path + "' is or holds a mount, which can be neither moved nor removed");
    }

    private static GuestException explain(SystemCallException cause, GuestPath path) {
        String place = "path '" + path + "' ";
        return switch (cause.errno()) {
            case ENOENT, ENOTDIR -> of(Code.NOT_FOUND, place + "does not exist", cause);
            case EEXIST -> of(Code.ALREADY_EXISTS, place + "exists already", cause);
            case EACCES, EPERM -> of(Code.PERMISSION_DENIED, place + "may not be used so", cause);
            case EROFS -> of(Code.PERMISSION_DENIED, place + "lies in a read-only file system", cause);
            case ENXIO -> of(Code.INVALID_ARGUMENT, place + "is not a regular file", cause);
            case EISDIR -> of(Code.INVALID_ARGUMENT, place + "is a directory", cause);
            case ELOOP -> of(Code.INVALID_ARGUMENT, place + "leads through too many links", cause);
            case ENAMETOOLONG -> of(Code.INVALID_ARGUMENT, place + "is too long", cause);
            case EINVAL -> of(Code.INVALID_ARGUMENT, place + "cannot be used so", cause);
            case ENOTEMPTY -> of(Code.FAILED_PRECONDITION, place + "is a directory that is not empty", cause);
            case EBUSY, ETXTBSY -> of(Code.FAILED_PRECONDITION, place + "is in use", cause);
            case ENOSPC, EDQUOT ->
                of(Code.NO_SPACE, "no space left on the disk of the sandbox for '" + path + "'", cause);
            case EFBIG -> of(Code.NO_SPACE, place + "is larger than a file may be", cause);
            case EMFILE, ENFILE, ENOMEM ->
                of(Code.RESOURCE_EXHAUSTED, "too many files are open on this machine: try again", cause);
            case EAGAIN, ESTALE -> of(Code.UNAVAILABLE, place + "is locked or was changed meanwhile: try again", cause);
            default -> of(Code.INTERNAL, place + "could not be used (" + cause.errno() + ")", cause);
        };
    }

    private static GuestException of(Code code, String message, SystemCallException cause) {
        return new GuestException(code, message, cause);
    }
}
