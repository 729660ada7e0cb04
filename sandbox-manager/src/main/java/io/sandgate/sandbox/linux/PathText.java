package io.sandgate.sandbox.linux;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;

/// Names of files as text, whatever bytes they are made of and whatever the locale of this process is.
///
/// Implementation note: names are UTF-8. A byte that is none becomes one of U+DC80 to U+DCFF, and such a character becomes
/// that byte again: so every file can be named. No slash and no zero can come from it.
public final class PathText {

    private static final char FIRST = '\udc80';
    private static final char LAST = '\udcff';
    private static final int BYTE = 0xff;
    private static final char BYTE_TO_CHAR = '\udc00';

    private PathText() {}

    /// The bytes of a name or path.
    public static byte[] encode(String text) {
        if (text.chars().noneMatch(c -> FIRST <= c && c <= LAST)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        var bytes = new ByteArrayOutputStream();
        text.codePoints().forEach(c -> {
            if (FIRST <= c && c <= LAST) {
                bytes.write(c & BYTE);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    /// The text of a name or path.
    static String decode(byte[] bytes, int length) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(bytes, 0, length);
        var out = CharBuffer.allocate(length);
        while (true) {
            var result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (BYTE_TO_CHAR + (in.get() & BYTE)));
            }
        }
    }

    /// The text of a name that ends with the first zero.
    static String decodePadded(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return decode(bytes, length);
    }

    /// A copy for the kernel.
    static MemorySegment allocate(Arena arena, String text) {
        byte[] bytes = encode(text);
        var segment = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }
}
