package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/// Messages that were changed at random, from a seed.
public final class Mutations {

    private static final List<String> PARTS = List.of("\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", ":", "\0", "\u007f",
            "\u00e9",
            "0", "5", "g", ";", ",", "/", "A: b\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
            " HTTP/1.1",
            "HTTP/1.0", "HTTP/2.0");

    private final Random random;

    public Mutations(long seed) {
        random = new Random(seed);
    }

    /// One to three changes.
    public String of(String message) {
        StringBuilder changed = new StringBuilder(message);
        for (int change = random.nextInt(3); change >= 0; change--) {
            int at = random.nextInt(changed.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> changed.insert(at, PARTS.get(random.nextInt(PARTS.size())));
                case 1 -> changed.delete(at, Math.min(changed.length(), at + 1 + random.nextInt(4)));
                case 2 -> changed.replace(at, Math.min(changed.length(), at + 1),
                        String.valueOf((char) random.nextInt(256)));
                default -> changed.insert(at, changed.substring(random.nextInt(at + 1), at));
            }
        }
        return changed.toString();
    }

    /// The number of bytes of the next piece of what is left.
    public int piece(int left) {
        return 1 + random.nextInt(Math.min(left, random.nextBoolean() ? 3 : left));
    }

    /// A buffer that holds just these octets, somewhere behind others, so that who reads past its end fails.
    static ByteBuf exact(String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuf buffer = Unpooled.buffer(octets.length + 3, octets.length + 3);
        return buffer.writeZero(3).skipBytes(3).writeBytes(octets);
    }

    /// All that a buffer holds.
    static String text(ByteBuf buffer) {
        return buffer.toString(StandardCharsets.ISO_8859_1);
    }
}
