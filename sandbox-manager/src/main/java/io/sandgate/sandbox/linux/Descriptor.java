package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/// An open file of this process, by its number. Thread-safe.
///
/// Implementation note: a number that is closed soon names another file. So each call counts as a use, and the number is
/// given back when the last use of a closed descriptor is over; a call that comes later fails.
public final class Descriptor implements AutoCloseable {

    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final long RESOLVE_NO_MAGICLINKS = 0x02;
    private static final long RESOLVE_IN_ROOT = 0x10;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int COPY_LIMIT = 64 * 1024;
    private static final int STATFS_SIZE = 120;
    private static final int UTIME_OMIT = 0x3ffffffe;

    private final int number;
    private final AtomicInteger uses = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    Descriptor(long number) {
        this.number = Math.toIntExact(number);
    }

    /// Opens a file of this machine.
    ///
    /// @param mode the permissions of a file that is made; else 0
    public static Descriptor open(String path, int mode, OpenFlag... flags) throws SystemCallException {
        try (var arena = Arena.ofConfined()) {
            return new Descriptor(SystemCall.OPENAT.invoke(AT_FDCWD, PathText.allocate(arena, path).address(),
                    OpenFlag.bits(flags), mode));
        }
    }

    /// Opens what a path leads to when this directory is the root of everything: neither `..` nor any link leads out of
    /// it, whatever changes meanwhile. Links of `/proc` to open files are refused.
    ///
    /// @param mode the permissions of a file that is made; else 0
    /// @throws SystemCallException EAGAIN when it could not be told for changes that came between
    public Descriptor openInRoot(String path, int mode, OpenFlag... flags) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var how = arena.allocateFrom(ValueLayout.JAVA_LONG, OpenFlag.bits(flags), mode,
                    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
            return new Descriptor(invoke(SystemCall.OPENAT2, PathText.allocate(arena, path).address(), how.address(),
                    how.byteSize()));
        }
    }

    /// Its number, for as long as it is not closed.
    public int number() {
        return number;
    }

    /// A path of this machine that leads to the very file, for as long as it is not closed.
    public String path() {
        return "/proc/self/fd/" + number;
    }

    /// Reads what is there into a buffer, and waits for the first byte.
    ///
    /// @return how many bytes; -1 at the end
    public int read(ByteBuffer buffer) throws IOException {
        return read(buffer, bytes -> transfer(SystemCall.READ, bytes));
    }

    /// Reads what lies at a place of a file.
    ///
    /// @return how many bytes; -1 at the end
    public int read(ByteBuffer buffer, long place) throws IOException {
        return read(buffer,
                bytes -> (int) invoke(SystemCall.PREAD64, bytes.address(), bytes.byteSize(), place));
    }

    private static int read(ByteBuffer buffer, Transfer transfer) throws IOException {
        if (!buffer.hasRemaining()) {
            return 0;
        }
        int count;
        if (buffer.isDirect()) {
            count = transfer.move(MemorySegment.ofBuffer(buffer));
            buffer.position(buffer.position() + count);
        } else {
            try (var arena = Arena.ofConfined()) {
                var copy = arena.allocate(Math.min(buffer.remaining(), COPY_LIMIT));
                count = transfer.move(copy);
                buffer.put(copy.asSlice(0, count).asByteBuffer());
            }
        }
        return count == 0 ? -1 : count;
    }

    /// Moves to a place in a file.
    ///
    /// @param whence how the place is meant, as lseek(2) says
    /// @return the place, from the begin
    long seek(long place, int whence) throws IOException {
        return invoke(SystemCall.LSEEK, place, whence);
    }

    /// Writes as much of a buffer as is taken at once.
    public int write(ByteBuffer buffer) throws IOException {
        int count;
        if (buffer.isDirect()) {
            count = transfer(SystemCall.WRITE, MemorySegment.ofBuffer(buffer));
        } else {
            try (var arena = Arena.ofConfined()) {
                int size = Math.min(buffer.remaining(), COPY_LIMIT);
                var copy = arena.allocate(size);
                copy.copyFrom(MemorySegment.ofBuffer(buffer).asSlice(0, size));
                count = transfer(SystemCall.WRITE, copy);
            }
        }
        buffer.position(buffer.position() + count);
        return count;
    }

    /// Asks its device for something that takes a number.
    public int ioctl(long request, long argument) throws IOException {
        return (int) invoke(SystemCall.IOCTL, request, argument);
    }

    /// Asks its device for something that takes a structure, which the device may change.
    public int ioctl(long request, byte[] argument) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var copy = arena.allocateFrom(ValueLayout.JAVA_BYTE, argument);
            int result = (int) invoke(SystemCall.IOCTL, request, copy.address());
            MemorySegment.copy(copy, ValueLayout.JAVA_BYTE, 0, argument, 0, argument.length);
            return result;
        }
    }

    /// Asks for or changes what the kernel keeps about it.
    public int fcntl(int command, long argument) throws IOException {
        return (int) invoke(SystemCall.FCNTL, command, argument);
    }

    /// Another number for the same open file.
    public Descriptor duplicate() throws IOException {
        return new Descriptor(invoke(SystemCall.FCNTL, F_DUPFD_CLOEXEC, 0));
    }

    /// The kind of file system that it lies in, by the number of statfs(2).
    public long fileSystemType() throws IOException {
        return fileSystem(words -> words[0]);
    }

    /// How many bytes are used of the file system that it lies in.
    public long usedSpace() throws IOException {
        return fileSystem(words -> (words[2] - words[3]) * words[1]);
    }

    /// @param read reads the words of a struct statfs: kind, size of a block, blocks, free blocks
    private long fileSystem(ToLongFunction<long[]> read) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var status = arena.allocate(STATFS_SIZE, Long.BYTES);
            invoke(SystemCall.FSTATFS, status.address());
            return read.applyAsLong(status.toArray(ValueLayout.JAVA_LONG));
        }
    }

    /// What it is. Of a link that was opened as a place, the link.
    public FileStatus status() throws IOException {
        return FileStatus.read(this, "", AT_EMPTY_PATH);
    }

    /// Gives it to a user and a group of this machine.
    public void changeOwner(int user, int group) throws IOException {
        try (var arena = Arena.ofConfined()) {
            invoke(SystemCall.FCHOWNAT, arena.allocateFrom("").address(), user, group, AT_EMPTY_PATH);
        }
    }

    /// Sets its permissions. Not for a link.
    public void changeMode(int mode) throws IOException {
        try (var arena = Arena.ofConfined()) {
            onPath(SystemCall.FCHMODAT, arena, mode);
        }
    }

    /// Sets when it was last modified. Not for a link.
    public void changeModified(Instant time) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var times = arena.allocateFrom(ValueLayout.JAVA_LONG, 0, UTIME_OMIT, time.getEpochSecond(),
                    time.getNano());
            onPath(SystemCall.UTIMENSAT, arena, times.address());
        }
    }

    /// Makes a call on the path of this descriptor, for those that take no number of one opened as a place.
    private void onPath(SystemCall call, Arena arena, long argument) throws IOException {
        acquire();
        try {
            call.invoke(AT_FDCWD, arena.allocateFrom(path()).address(), argument, 0);
        } finally {
            release();
        }
    }

    /// Makes a call whose first word is its number.
    long invoke(SystemCall call, long... words) throws IOException {
        return invoke(call, number -> {
            var all = new long[words.length + 1];
            System.arraycopy(words, 0, all, 1, words.length);
            all[0] = number;
            return all;
        });
    }

    /// Makes a call with words that are made of its number.
    long invoke(SystemCall call, LongFunction<long[]> words) throws IOException {
        return use(number -> call.invoke(words.apply(number)));
    }

    /// Does something with its number, which stays that of this file until it is done.
    long use(Use use) throws IOException {
        acquire();
        try {
            return use.with(number);
        } finally {
            release();
        }
    }

    /// Something that is done with a number.
    @FunctionalInterface
    interface Use {
        long with(int number) throws IOException;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }

    @Override
    public String toString() {
        return "Descriptor[" + number + "]";
    }

    private int transfer(SystemCall call, MemorySegment bytes) throws IOException {
        return (int) invoke(call, bytes.address(), bytes.byteSize());
    }

    /// Moves bytes between native memory and the file.
    private interface Transfer {
        int move(MemorySegment bytes) throws IOException;
    }

    private void acquire() throws ClosedChannelException {
        int now = uses.get();
        while (!closed.get() && now > 0) {
            if (uses.compareAndSet(now, now + 1)) {
                return;
            }
            now = uses.get();
        }
        throw new ClosedChannelException();
    }

    private void release() {
        if (uses.decrementAndGet() == 0) {
            try {
                SystemCall.CLOSE.invoke(number);
            } catch (SystemCallException _) {
                // the kernel frees the number whatever it reports
            }
        }
    }
}
