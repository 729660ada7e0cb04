package io.sandgate.api.e2b;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/// The place in a list after which the next page begins; clients see it as an opaque text.
///
/// @param startedAt of the last entry before it
/// @param id of the last entry before it
/// @param ascending the order of the list
record PageToken(Instant startedAt, String id, boolean ascending) {
    private static final String SEPARATOR = "__";
    private static final String ASCENDING = "asc";
    private static final int MAX_LENGTH = 512;

    String encode() {
        String text = startedAt + SEPARATOR + id + (ascending ? SEPARATOR + ASCENDING : "");
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static PageToken decode(String token) {
        if (token.length() <= MAX_LENGTH) {
            try {
                String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
                String[] parts = text.split(SEPARATOR, -1);
                boolean ascending = parts.length == 3 && parts[2].equals(ASCENDING);
                if ((parts.length == 2 || ascending) && !parts[1].isEmpty()) {
                    return new PageToken(Instant.parse(parts[0]), parts[1], ascending);
                }
            } catch (IllegalArgumentException | DateTimeException e) {
                throw foreign();
            }
        }
        throw foreign();
    }

    static ApiException foreign() {
        return ApiException
                .invalid("nextToken: not one that this API gave out; leave it out to start with the first page");
    }
}
