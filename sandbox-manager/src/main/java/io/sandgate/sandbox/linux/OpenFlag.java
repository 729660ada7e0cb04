package io.sandgate.sandbox.linux;

/// How a file is opened: the flags of open(2).
public enum OpenFlag {
    // @formatter:off
    RDONLY(0),
    WRONLY(1),
    RDWR(2),
    CREAT(0x40),
    EXCL(0x80),
    NOCTTY(0x100),
    TRUNC(0x200),
    APPEND(0x400),
    NONBLOCK(0x800),
    DIRECTORY(0x10000, 0x4000),
    NOFOLLOW(0x20000, 0x8000),
    /// A handle on the place only, which opens nothing: no device, no pipe.
    PATH(0x200000);
    // @formatter:on

    private static final int CLOEXEC = 0x80000;

    private final int onX86;
    private final int onArm;

    OpenFlag(int bits) {
        this(bits, bits);
    }

    OpenFlag(int onX86, int onArm) {
        this.onX86 = onX86;
        this.onArm = onArm;
    }

    /// The word for the kernel. No program that is started inherits the descriptor.
    static int bits(OpenFlag... flags) {
        boolean x86 = Architecture.current() == Architecture.X86_64;
        int bits = CLOEXEC;
        for (OpenFlag flag : flags) {
            bits |= x86 ? flag.onX86 : flag.onArm;
        }
        return bits;
    }
}
