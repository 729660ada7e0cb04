package io.sandgate.sandbox.linux;

/// Why a system call failed.
public enum Errno {
    // @formatter:off
    EPERM(1), ENOENT(2), ESRCH(3), EINTR(4), EIO(5), ENXIO(6), EBADF(9), ECHILD(10),
    EAGAIN(11), ENOMEM(12), EACCES(13), EBUSY(16), EEXIST(17), EXDEV(18), ENODEV(19), ENOTDIR(20),
    EISDIR(21), EINVAL(22), ENFILE(23), EMFILE(24), ENOTTY(25), ETXTBSY(26), EFBIG(27), ENOSPC(28),
    ESPIPE(29), EROFS(30), EMLINK(31), EPIPE(32), ERANGE(34), ENAMETOOLONG(36), ENOSYS(38), ENOTEMPTY(39),
    ELOOP(40), ENODATA(61), EOVERFLOW(75), EOPNOTSUPP(95), ESTALE(116), EDQUOT(122),
    /// Any that is not named here.
    OTHER(0);
    // @formatter:on

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    /// Its number, the same on all architectures of [SystemCall].
    int number() {
        return number;
    }

    static Errno of(int number) {
        for (Errno errno : values()) {
            if (errno.number == number) {
                return errno;
            }
        }
        return OTHER;
    }
}
