package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An open directory, and what can be done with the names in it. Names have no slash; no link is followed, so that all
/// happens in this very directory.
public final class Directory implements AutoCloseable {

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int PATH_MAX = 4096;
    private static final int BUFFER = 32 * 1024;
    private static final int RECORD_LENGTH = 16;
    private static final int RECORD_TYPE = 18;
    private static final int RECORD_NAME = 19;
    private static final byte TYPE_UNKNOWN = 0;
    private static final byte TYPE_DIRECTORY = 4;

    private final Descriptor descriptor;

    /// @param descriptor of a directory, perhaps opened as a place only; closed with this
    public Directory(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /// The directory itself.
    public Descriptor descriptor() {
        return descriptor;
    }

    /// Opens what has a name.
    ///
    /// @param mode the permissions of a file that is made; else 0
    /// @throws SystemCallException ELOOP for a link, unless it is opened as a place only
    public Descriptor open(String name, int mode, OpenFlag... flags) throws IOException {
        var all = Arrays.copyOf(flags, flags.length + 1);
        all[flags.length] = OpenFlag.NOFOLLOW;
        return descriptor.openInRoot(name, mode, all);
    }

    /// What has a name.
    public FileStatus status(String name) throws IOException {
        return FileStatus.read(descriptor, name, AT_SYMLINK_NOFOLLOW);
    }

    /// Gives what has a name to a user and a group of this machine; a negative number leaves either as it is.
    public void changeOwner(String name, int user, int group) throws IOException {
        try (var arena = Arena.ofConfined()) {
            descriptor.invoke(SystemCall.FCHOWNAT, PathText.allocate(arena, name).address(), user, group,
                    AT_SYMLINK_NOFOLLOW);
        }
    }

    /// Opens the directory that this one lies in now.
    Directory above() throws IOException {
        try (var arena = Arena.ofConfined()) {
            return new Directory(new Descriptor(descriptor.invoke(SystemCall.OPENAT,
                    PathText.allocate(arena, "..").address(), OpenFlag.bits(OpenFlag.PATH, OpenFlag.DIRECTORY), 0)));
        }
    }

    /// Makes a directory.
    ///
    /// @throws SystemCallException EEXIST
    public void makeDirectory(String name, int mode) throws IOException {
        try (var arena = Arena.ofConfined()) {
            descriptor.invoke(SystemCall.MKDIRAT, PathText.allocate(arena, name).address(), mode);
        }
    }

    /// Makes a symbolic link.
    public void makeLink(String name, String target) throws IOException {
        try (var arena = Arena.ofConfined()) {
            long text = PathText.allocate(arena, target).address();
            long place = PathText.allocate(arena, name).address();
            descriptor.invoke(SystemCall.SYMLINKAT, number -> new long[]{text, number, place});
        }
    }

    /// What a symbolic link says.
    ///
    /// @throws SystemCallException EINVAL for anything else
    public String readLink(String name) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(PATH_MAX);
            int length = (int) descriptor.invoke(SystemCall.READLINKAT, PathText.allocate(arena, name).address(),
                    out.address(), PATH_MAX);
            return PathText.decode(out.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), length);
        }
    }

    /// Removes what is no directory.
    ///
    /// @throws SystemCallException EISDIR
    public void unlink(String name) throws IOException {
        unlink(name, 0);
    }

    /// Removes an empty directory.
    ///
    /// @throws SystemCallException ENOTEMPTY, ENOTDIR
    public void removeDirectory(String name) throws IOException {
        unlink(name, AT_REMOVEDIR);
    }

    /// Moves what has a name to another directory of the same file system, in the place of what is there.
    ///
    /// @throws SystemCallException EXDEV for one of another file system
    public void rename(String name, Directory to, String newName) throws IOException {
        try (var arena = Arena.ofConfined()) {
            long from = PathText.allocate(arena, name).address();
            long place = PathText.allocate(arena, newName).address();
            descriptor.use(source -> to.descriptor.invoke(SystemCall.RENAMEAT2,
                    target -> new long[]{source, from, target, place}));
        }
    }

    /// The names in it, without order.
    ///
    /// @param limit how many at most
    public List<Name> names(int limit) throws IOException {
        var names = new ArrayList<Name>();
        visit(name -> names.size() < limit && names.add(name));
        return names;
    }

    /// Shows the names in it, without order and without keeping them.
    void visit(NameVisitor visitor) throws IOException {
        try (var readable = open(".", 0, OpenFlag.RDONLY, OpenFlag.DIRECTORY); var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(BUFFER, Long.BYTES);
            boolean more = true;
            while (more) {
                long length = readable.invoke(SystemCall.GETDENTS64, buffer.address(), BUFFER);
                more = length > 0;
                for (long at = 0; more && at < length;) {
                    int size = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, at + RECORD_LENGTH));
                    byte type = buffer.get(ValueLayout.JAVA_BYTE, at + RECORD_TYPE);
                    byte[] bytes = buffer.asSlice(at + RECORD_NAME, size - RECORD_NAME)
                            .toArray(ValueLayout.JAVA_BYTE);
                    String text = PathText.decodePadded(bytes);
                    if (!text.equals(".") && !text.equals("..")) {
                        more = visitor.visit(new Name(text, type == TYPE_DIRECTORY || type == TYPE_UNKNOWN));
                    }
                    at += size;
                }
            }
        }
    }

    /// Sees the names in a directory.
    @FunctionalInterface
    interface NameVisitor {

        /// Sees one, and says whether to go on.
        boolean visit(Name name) throws IOException;
    }

    @Override
    public void close() {
        descriptor.close();
    }

    /// The path of this machine that an open file has now.
    public static String pathOf(Descriptor open) throws IOException {
        try (var self = new Directory(Descriptor.open("/proc/self/fd", 0, OpenFlag.PATH, OpenFlag.DIRECTORY))) {
            return self.readLink(Integer.toString(open.number()));
        }
    }

    private void unlink(String name, int flags) throws IOException {
        try (var arena = Arena.ofConfined()) {
            descriptor.invoke(SystemCall.UNLINKAT, PathText.allocate(arena, name).address(), flags);
        }
    }

    /// A name in a directory.
    ///
    /// @param mayBeDirectory whether it was a directory when it was read, or of a kind that the file system does not tell
    public record Name(String text, boolean mayBeDirectory) {}
}
