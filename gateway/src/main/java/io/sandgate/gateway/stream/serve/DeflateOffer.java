package io.sandgate.gateway.stream.serve;

import java.util.Locale;
import java.util.Optional;

/// Answers the offers of permessage-deflate in a `Sec-WebSocket-Extensions` header (RFC 7692, section 7).
public final class DeflateOffer {
    /// Each message stands for itself, both ways: so what is deflated can be shared, and no connection keeps a window.
    private static final String ACCEPTED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private static final String NAME = "permessage-deflate";

    private DeflateOffer() {}

    /// The header of the answer; empty when nothing that was offered can be done.
    public static Optional<String> answer(String offers) {
        for (String offer : offers.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = offer.split(";", -1);
            if (parts[0].strip().equals(NAME) && isDoable(parts)) {
                return Optional.of(ACCEPTED);
            }
        }
        return Optional.empty();
    }

    private static boolean isDoable(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].replace("\"", "").replace(" ", "");
            boolean known = parameter.equals("server_no_context_takeover")
                    || parameter.equals("client_no_context_takeover")
                    || parameter.equals("client_max_window_bits") || parameter.startsWith("client_max_window_bits=")
                    // the deflater has this window and no other
                    || parameter.equals("server_max_window_bits=15");
            if (!known) {
                return false;
            }
        }
        return true;
    }
}
