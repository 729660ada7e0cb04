package io.sandgate.gateway.shard.sink;

import java.net.URI;
import java.time.Duration;

/// Where and how events are posted. Its URL can hold secrets, in each of its parts behind the port too.
///
/// @param url `http` or `https`; a user and a password in it are sent as Basic authorization
/// @param secret to sign each body with; empty to sign none
/// @param maxEvents of one request
/// @param maxBytes of one request's body, about; a single event that has more is sent alone
/// @param timeout of one request, from the connect to the end of the answer
/// @param backoff between attempts
public record WebhookSettings(URI url, String secret, int maxEvents, int maxBytes, Duration timeout, Backoff backoff) {

    public WebhookSettings {
        boolean isHttp = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!isHttp || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "webhook URL: with scheme " + url.getScheme() + " and host " + url.getHost()
                            + " (expected: http or https, and a host)");
        }
        if (maxEvents < 1 || maxBytes < 1 || !timeout.isPositive()) {
            throw new IllegalArgumentException("webhook: " + maxEvents + " events, " + maxBytes + " bytes, " + timeout
                    + " (expected: at least 1 event, 1 byte and some time)");
        }
    }

    /// Scheme, host and port, which is what may be shown of the URL.
    String place() {
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    /// Without secrets.
    @Override
    public String toString() {
        return place() + (secret.isEmpty() ? "" : " signed") + ", " + maxEvents + " events, " + maxBytes + " bytes, "
                + timeout + ", " + backoff;
    }
}
