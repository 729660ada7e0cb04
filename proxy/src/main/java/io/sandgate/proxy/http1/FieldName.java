package io.sandgate.proxy.http1;

import java.util.ArrayList;
import java.util.List;

/// The fields that a gateway treats in a way of their own.
public enum FieldName {
    HOST("host", 0), CONNECTION("connection", 1), KEEP_ALIVE("keep-alive", 2), TE("te", 3), TRANSFER_ENCODING(
            "transfer-encoding", 4), CONTENT_LENGTH("content-length", 5), UPGRADE("upgrade", 6), HTTP2_SETTINGS(
                    "http2-settings", 7), EXPECT("expect", 8), TRAILER("trailer", 9), FORWARDED("forwarded",
                            10), REAL_IP("x-real-ip", 11), SANDBOX_ID("e2b-sandbox-id", 12), SANDBOX_PORT(
                                    "e2b-sandbox-port", 13), TRAFFIC_TOKEN("e2b-traffic-access-token", 14),
    /// Any that begins with `proxy-`.
    PROXY("", 15),
    /// Any that begins with `x-forwarded-`.
    X_FORWARDED("", 16),
    /// Any other.
    OTHER("", 17);

    private static final String PROXY_PREFIX = "proxy-";
    private static final String FORWARDED_PREFIX = "x-forwarded-";
    /// By length.
    private static final FieldName[][] KNOWN = byLength();

    private final String text;
    private final int mask;

    FieldName(String text, int bit) {
        this.text = text;
        this.mask = 1 << bit;
    }

    /// One bit, of its own.
    int mask() {
        return mask;
    }

    private static FieldName[][] byLength() {
        List<List<FieldName>> lists = new ArrayList<>();
        for (FieldName name : values()) {
            while (lists.size() <= name.text.length()) {
                lists.add(new ArrayList<>());
            }
            if (!name.text.isEmpty()) {
                lists.get(name.text.length()).add(name);
            }
        }
        return lists.stream().map(list -> list.toArray(FieldName[]::new)).toArray(FieldName[][]::new);
    }

    /// Which name it is, in whatever case.
    static FieldName of(byte[] bytes, int start, int end) {
        int length = end - start;
        byte first = Octets.token(bytes[start]);
        if (length < KNOWN.length) {
            for (FieldName name : KNOWN[length]) {
                if (first == name.text.charAt(0) && begins(bytes, start, name.text)) {
                    return name;
                }
            }
        }
        if (first == 'p' && length > PROXY_PREFIX.length() && begins(bytes, start, PROXY_PREFIX)) {
            return PROXY;
        }
        if (first == 'x' && length > FORWARDED_PREFIX.length() && isAlike(bytes, start, FORWARDED_PREFIX)) {
            return X_FORWARDED;
        }
        return first == 'x' && length == REAL_IP.text.length() && isAlike(bytes, start, REAL_IP.text) ? REAL_IP : OTHER;
    }

    /// Whether the name begins so to a server that makes variables of names, where an underscore stands for a hyphen.
    private static boolean isAlike(byte[] bytes, int start, String lower) {
        for (int i = 0; i < lower.length(); i++) {
            byte octet = Octets.token(bytes[start + i]);
            if ((octet == '_' ? '-' : octet) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean begins(byte[] bytes, int start, String lower) {
        for (int i = 0; i < lower.length(); i++) {
            if (Octets.token(bytes[start + i]) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
