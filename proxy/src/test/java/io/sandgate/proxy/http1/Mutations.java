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

    /// What is written in one way, and what looks like it.
    private static final List<List<String>> TWINS = List.of(List.of("HTTP/1.1", "HTTP/1.0"), List.of("\r\n", "\n"),
            List.of("\r\n", "x\n"),
            List.of("\r\n", "\r\n "), List.of("\r\n", "\r\n\t"), List.of("\r\n", "\rx"), List.of("\r\n", ""),
            List.of(":", " :"), List.of(": ", ": +"), List.of(": ", ": \0"), List.of("chunked", "gzip, chunked"),
            List.of("chunked", "chunked, chunked"), List.of("chunked", "identity"),
            List.of("Transfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3"),
            List.of("Content-Length:", "Content-Length: 3\r\nContent-Length:"), List.of("Host:", "Host: x\r\nHost:"),
            List.of("Host:", "X-Host:"), List.of("0\r\n", "0\r\nX-Trailer: t\r\n"), List.of("\r\n", ";\0\r\n"));

    private final Random random;

    public Mutations(long seed) {
        random = new Random(seed);
    }

    /// One to three changes.
    public String of(String message) {
        StringBuilder changed = new StringBuilder(message);
        for (int change = random.nextInt(3); change >= 0; change--) {
            int at = random.nextInt(changed.length() + 1);
            switch (random.nextInt(5)) {
                case 0 -> changed.insert(at, PARTS.get(random.nextInt(PARTS.size())));
                case 1 -> changed.delete(at, Math.min(changed.length(), at + 1 + random.nextInt(4)));
                case 2 -> changed.replace(at, Math.min(changed.length(), at + 1),
                        String.valueOf((char) random.nextInt(256)));
                case 3 -> twin(changed, at);
                default -> changed.insert(at, changed.substring(random.nextInt(at + 1), at));
            }
        }
        return changed.toString();
    }

    /// Puts something in the place of what looks like it, where that comes next.
    private void twin(StringBuilder changed, int from) {
        List<String> twins = TWINS.get(random.nextInt(TWINS.size()));
        int at = changed.indexOf(twins.getFirst(), from);
        at = at < 0 ? changed.indexOf(twins.getFirst()) : at;
        if (at >= 0) {
            changed.replace(at, at + twins.getFirst().length(), twins.getLast());
        }
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
