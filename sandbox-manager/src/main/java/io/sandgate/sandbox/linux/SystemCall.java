package io.sandgate.sandbox.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

/// A request to the kernel, by its number on each architecture.
///
/// Implementation note: all go through `syscall(2)` with six words, of which the kernel takes what it needs. One method
/// handle serves them all, and is made at the first call. What a word points to must stay allocated during the call.
enum SystemCall {
    // @formatter:off
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    IOCTL(16, 29),
    PREAD64(17, 67),
    FCNTL(72, 25),
    GETEUID(107, 175),
    FSTATFS(138, 44),
    SETXATTR(188, 5),
    GETXATTR(191, 8),
    LISTXATTR(194, 11),
    REMOVEXATTR(197, 14),
    GETDENTS64(217, 61),
    INOTIFY_ADD_WATCH(254, 27),
    INOTIFY_RM_WATCH(255, 28),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    UNLINKAT(263, 35),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    UTIMENSAT(280, 88),
    INOTIFY_INIT1(294, 26),
    RENAMEAT2(316, 276),
    STATX(332, 291),
    PIDFD_SEND_SIGNAL(424, 424),
    PIDFD_OPEN(434, 434),
    OPENAT2(437, 437),
    EVENTFD2(290, 19),
    EPOLL_CREATE1(291, 20),
    EPOLL_CTL(233, 21),
    EPOLL_PWAIT(281, 22);
    // @formatter:on

    private final int onX86;
    private final int onArm;

    SystemCall(int onX86, int onArm) {
        this.onX86 = onX86;
        this.onArm = onArm;
    }

    /// Calls, again after each interruption by a signal.
    long invoke(long... arguments) throws SystemCallException {
        long number = Architecture.current() == Architecture.X86_64 ? onX86 : onArm;
        while (true) {
            int error;
            try (var arena = Arena.ofConfined()) {
                var state = arena.allocate(Libc.STATE);
                long result = Libc.call(state, number, arguments);
                if (result != -1) {
                    return result;
                }
                error = (int) Libc.ERRNO.get(state, 0L);
            }
            // the number of an interrupted close is free already
            if (error != Errno.EINTR.number() || this == CLOSE) {
                throw new SystemCallException(name().toLowerCase(Locale.ROOT), error);
            }
        }
    }

    /// The function of the C library, found at the first call.
    private static final class Libc {
        static final StructLayout STATE = Linker.Option.captureStateLayout();
        static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

        @SuppressWarnings("restricted") // the module is allowed native access
        private static final MethodHandle SYSCALL = Linker.nativeLinker().downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        JAVA_LONG),
                Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));

        static long call(MemorySegment state, long number, long[] words) {
            try {
                return (long) SYSCALL.invokeExact(state, number, word(words, 0), word(words, 1), word(words, 2),
                        word(words, 3), word(words, 4), word(words, 5));
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException("a function of the C library threw", e);
            }
        }

        private static long word(long[] words, int index) {
            return index < words.length ? words[index] : 0;
        }
    }
}
