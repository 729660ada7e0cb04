package io.sandgate.api.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/// Where the events of the shards go.
public sealed interface EventTarget {

    /// Nowhere: they are counted.
    record Nowhere() implements EventTarget {}

    /// To the event stream, where subscribers of the admin listener find them.
    record Stream() implements EventTarget {}

    /// To a file, one line for each.
    ///
    /// @param path of the file
    record Lines(Path path) implements EventTarget {}

    /// To an HTTP server, many in one request.
    ///
    /// @param url of the server
    record Webhook(URI url) implements EventTarget {}

    /// Reads a setting's value.
    ///
    /// @throws IllegalArgumentException when it is none of these
    static EventTarget parse(String text) {
        if (text.equals("none")) {
            return new Nowhere();
        }
        if (text.equals("events")) {
            return new Stream();
        }
        if (text.startsWith("file:") && text.length() > "file:".length()) {
            return new Lines(Path.of(text.substring("file:".length())));
        }
        return new Webhook(webUrl(text));
    }

    /// An address that begins with `http://` or `https://`; the former for this machine only, since what is sent is secret.
    ///
    /// @throws IllegalArgumentException when it is none
    static URI webUrl(String text) {
        try {
            URI url = new URI(text);
            boolean plain = "http".equals(url.getScheme());
            if (url.getHost() == null || !(plain || "https".equals(url.getScheme()))
                    || (plain && !LoopbackRules.isLoopback(url.getHost()))) {
                throw new IllegalArgumentException(text);
            }
            return url;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
