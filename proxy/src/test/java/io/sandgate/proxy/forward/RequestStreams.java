package io.sandgate.proxy.forward;

import io.sandgate.proxy.http1.Mutations;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Streams of requests that follow the grammar of HTTP/1.1, and some that almost do, from a seed.
final class RequestStreams {
    private static final List<String> METHODS = List.of("GET", "GET", "POST", "POST", "PUT", "DELETE", "PATCH",
            "OPTIONS", "HEAD", "PURGE");
    private static final List<String> TARGETS = List.of("/", "/a", "/a?b=c&d", "/%00%ff", "//a//", "/a/../b", "/;x=y",
            "/" + "p".repeat(300));
    private static final List<String> FIELDS = List.of("Accept: */*", "X-A:b", "x-b:   c  ", "X-Empty:", "Cookie: a=b",
            "X-Long: " + "v".repeat(500), "Connection: keep-alive", "Connection: x-a", "Keep-Alive: timeout=5",
            "Proxy-Authorization: x", "X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4", "X-Utf8: \u00e9\u00fc",
            "User-Agent: fuzz", "Content-Type: text/plain", "Transfer-Encoding-X: chunked", "X-Real-Ip: 9.9.9.9");
    private static final String DATA = "0\r\n\r\nGET /inside HTTP/1.1\r\nHost: x\r\n\r\n5;a=b\r\nabcde";

    /// One stream, and whether it is as the grammar has it.
    record Made(String text, int requests, boolean wellFormed) {}

    private final Random random;
    private final Mutations mutations;
    private final String host;
    private final long seed;

    RequestStreams(long seed, String host) {
        this.seed = seed;
        this.random = new Random(seed);
        this.mutations = new Mutations(seed);
        this.host = host;
    }

    Made next() {
        List<String> requests = new ArrayList<>();
        for (int left = random.nextInt(4); left >= 0; left--) {
            requests.add(request());
        }
        boolean wellFormed = random.nextInt(3) == 0;
        if (!wellFormed) {
            int changed = random.nextInt(requests.size());
            requests.set(changed, mutations.of(requests.get(changed)));
        }
        requests.add("GET /last?" + seed + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
        return new Made(String.join("", requests), requests.size(), wellFormed);
    }

    /// How many bytes to send next.
    int piece(int left) {
        return mutations.piece(left);
    }

    private String request() {
        StringBuilder text = new StringBuilder(pick(METHODS)).append(' ').append(pick(TARGETS)).append(" HTTP/1.1\r\n");
        int hostAt = random.nextInt(4);
        for (int i = 0; i < 4; i++) {
            if (i == hostAt) {
                text.append("Host: ").append(host).append("\r\nX-Seed: ").append(seed).append("\r\n");
            } else if (random.nextBoolean()) {
                text.append(pick(FIELDS)).append("\r\n");
            }
        }
        String data = DATA.substring(0, random.nextInt(DATA.length() + 1));
        switch (random.nextInt(3)) {
            case 0 -> text.append("\r\n");
            case 1 -> text.append("Content-Length: ").append(data.length()).append("\r\n\r\n").append(data);
            default -> chunks(text.append("Transfer-Encoding: chunked\r\n\r\n"), data);
        }
        return text.toString();
    }

    private void chunks(StringBuilder text, String data) {
        int at = 0;
        while (at < data.length()) {
            int size = 1 + random.nextInt(data.length() - at);
            text.append(random.nextBoolean() ? "00" : "").append(Integer.toHexString(size))
                    .append(random.nextInt(4) == 0 ? ";ext=\"v\"" : "").append("\r\n").append(data, at, at + size)
                    .append("\r\n");
            at += size;
        }
        text.append("0\r\n").append(random.nextInt(3) == 0 ? "X-Trailer: t\r\n" : "").append("\r\n");
    }

    private String pick(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
