package io.sandgate.proxy.route;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Where a route counts in a digest, and as what. All replicas of a cluster have the same one.
///
/// The hash is keyed: of an open one, somebody who may choose sandbox ids could choose them so that two different sets of
/// routes have the same sum. Immutable.
public final class RouteHash {
    /// What a digest is divided into.
    public static final int BUCKETS = 4096;

    private static final int BUCKET_BITS = 12;
    /// The hash of clusters without a secret: those that stay on one machine, or have certificates of their own.
    public static final RouteHash OPEN = of("");

    private final SipHash sip;

    private RouteHash(SipHash sip) {
        this.sip = sip;
    }

    /// The hash of the clusters with this secret.
    public static RouteHash of(String clusterSecret) {
        byte[] digest;
        try {
            digest = MessageDigest.getInstance("SHA-256")
                    .digest(("sandgate route digest, version 1\n" + clusterSecret).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        return new RouteHash(new SipHash(Arrays.copyOf(digest, SipHash.KEY_BYTES)));
    }

    /// The bucket of a key, from 0 to [#BUCKETS] - 1.
    public int bucket(RouteKey key) {
        return (int) (hash(key) >>> (Long.SIZE - BUCKET_BITS));
    }

    /// What a route adds to the sum of its bucket: another number for each key, version, authority and state.
    public long element(Route route) {
        return sip.hash(joined(route.namespace(), route.name(), route.version().toString(), route.authority(),
                route.state()));
    }

    private long hash(RouteKey key) {
        return sip.hash(joined(key.namespace(), key.name()));
    }

    /// The texts with an end after each, which is no part of any text in UTF-8.
    private static byte[] joined(String... texts) {
        int length = 0;
        for (String text : texts) {
            length += text.length() * 3 + 1;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (String text : texts) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(utf8, 0, joined, at, utf8.length);
            at += utf8.length;
            joined[at++] = (byte) 0xff;
        }
        return Arrays.copyOf(joined, at);
    }
}
