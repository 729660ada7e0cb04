package io.sandgate.proxy.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The classes of octets of RFC 9110 and RFC 9112.
public final class Octets {
    static final byte CR = '\r';
    static final byte LF = '\n';
    static final byte SP = ' ';

    /// For each octet that may be in a token its lower case, and 0 for any other.
    private static final byte[] TOKEN = new byte[256];
    /// Whether an octet may be in the value of a field.
    private static final boolean[] VALUE = new boolean[256];

    static {
        for (int c = 0; c < 128; c++) {
            boolean letter = Character.isLetterOrDigit(c);
            if (letter || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                TOKEN[c] = (byte) Character.toLowerCase(c);
            }
        }
        for (int c = 0; c < 256; c++) {
            VALUE[c] = c == '\t' || (c >= ' ' && c != 0x7f);
        }
    }

    /// Eight octets at once, the first one lowest.
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /// One in each octet of a word.
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Octets() {}

    /// The lower case of an octet of a token, or 0 for one that is none.
    public static byte token(byte octet) {
        return TOKEN[octet & 0xff];
    }

    public static boolean isValue(byte octet) {
        return VALUE[octet & 0xff];
    }

    /// Where the octets end that may be in the value of a field.
    static int valueEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at + Long.BYTES <= to) {
            long controls = controls((long) WORDS.get(bytes, at));
            if (controls == 0) {
                at += Long.BYTES;
                continue;
            }
            at += Long.numberOfTrailingZeros(controls) >>> 3;
            if (!isValue(bytes[at])) {
                return at;
            }
            at++;
        }
        while (at < to && isValue(bytes[at])) {
            at++;
        }
        return at;
    }

    /// The lowest bit that is set is the high one of the first octet that is a control character.
    private static long controls(long word) {
        long rest = word ^ 0x7f * ONES;
        return ((word - 0x20 * ONES & ~word) | (rest - ONES & ~rest)) & HIGH_BITS;
    }

    /// Whether an octet may be in a request target: visible ASCII.
    public static boolean isTarget(byte octet) {
        return octet > ' ' && octet < 0x7f;
    }

    static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    /// The value of a hexadecimal digit, or -1.
    static int hex(byte octet) {
        if (isDigit(octet)) {
            return octet - '0';
        }
        int lower = octet | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
