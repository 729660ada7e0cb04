package io.sandgate.proxy.http1;

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

    private Octets() {}

    /// The lower case of an octet of a token, or 0 for one that is none.
    public static byte token(byte octet) {
        return TOKEN[octet & 0xff];
    }

    public static boolean isValue(byte octet) {
        return VALUE[octet & 0xff];
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
