package io.sandgate.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Values that are kept with a file under names of their own (xattr), of a descriptor that may be opened as a place only.
public final class ExtendedAttributes {

    private static final int LIMIT = 64 * 1024;

    private final Descriptor file;

    public ExtendedAttributes(Descriptor file) {
        this.file = file;
    }

    /// Their names.
    ///
    /// @throws SystemCallException EOPNOTSUPP where the file system keeps none
    public List<String> names() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(LIMIT);
            int length = (int) SystemCall.LISTXATTR.invoke(path(arena), out.address(), LIMIT);
            var names = new ArrayList<String>();
            int start = 0;
            for (int at = 0; at < length; at++) {
                if (out.get(ValueLayout.JAVA_BYTE, at) == 0) {
                    names.add(text(out.asSlice(start, at - start)));
                    start = at + 1;
                }
            }
            return names;
        }
    }

    /// The value of one, as text.
    ///
    /// @throws SystemCallException ENODATA where there is none
    public String get(String name) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(LIMIT);
            long length = SystemCall.GETXATTR.invoke(path(arena), PathText.allocate(arena, name).address(),
                    out.address(), LIMIT);
            return text(out.asSlice(0, length));
        }
    }

    /// Sets one.
    ///
    /// @throws SystemCallException EOPNOTSUPP where the file system keeps none; ENOSPC when there is no room for it
    public void set(String name, String value) throws IOException {
        try (var arena = Arena.ofConfined()) {
            byte[] bytes = PathText.encode(value);
            SystemCall.SETXATTR.invoke(path(arena), PathText.allocate(arena, name).address(),
                    PathText.allocate(arena, value).address(), bytes.length, 0);
        }
    }

    /// Removes one.
    ///
    /// @throws SystemCallException ENODATA where there is none
    public void remove(String name) throws IOException {
        try (var arena = Arena.ofConfined()) {
            SystemCall.REMOVEXATTR.invoke(path(arena), PathText.allocate(arena, name).address());
        }
    }

    private long path(Arena arena) {
        return arena.allocateFrom(file.path()).address();
    }

    private static String text(MemorySegment bytes) {
        byte[] array = bytes.toArray(ValueLayout.JAVA_BYTE);
        return PathText.decode(array, array.length);
    }
}
