package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.gateway.stream.webhook.EventType;
import io.sandgate.gateway.stream.webhook.Webhook;
import io.sandgate.gateway.stream.webhook.WebhookUrl;
import java.net.URI;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a caller says of a webhook; null is what he leaves out. Its texts can be secrets, and are in no error.
///
/// @param name for people
/// @param url of the receiver
/// @param enabled whether events are sent
/// @param events what it is told of
/// @param secret that its requests are signed with
record WebhookBody(@Nullable String name, @Nullable URI url, @Nullable Boolean enabled, @Nullable Set<EventType> events,
        @Nullable String secret) {
    private static final int MAX_NAME = 128;
    private static final int MAX_SECRET = 512;

    static WebhookBody read(JsonBody body) {
        return new WebhookBody(text(body, "name", MAX_NAME), url(body), enabled(body), events(body),
                text(body, "signatureSecret", MAX_SECRET));
    }

    /// The webhook that is changed as the caller says. Enabling it forgets why it was disabled.
    Webhook over(Webhook webhook) {
        boolean isEnabled = or(enabled, webhook.enabled());
        return new Webhook(webhook.id(), webhook.team(), or(name, webhook.name()), or(url, webhook.url()), isEnabled,
                isEnabled ? "" : webhook.disabledReason(), or(events, webhook.events()), or(secret, webhook.secret()),
                webhook.createdAt());
    }

    private static <T> T or(@Nullable T given, T absent) {
        return given == null ? absent : given;
    }

    private static @Nullable String text(JsonBody body, String name, int max) {
        String text = body.text(name);
        if (text != null && (text.isBlank() || text.length() > max || text.chars().anyMatch(Character::isISOControl))) {
            throw ApiException.invalid(name + ": " + text.length() + " characters (expected: 1-" + max
                    + " printable ones)");
        }
        return text;
    }

    private static @Nullable URI url(JsonBody body) {
        String text = body.text("url");
        try {
            return text == null ? null : WebhookUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable Boolean enabled(JsonBody body) {
        return body.member("enabled").isMissingNode() ? null : body.flag("enabled", true);
    }

    private static @Nullable Set<EventType> events(JsonBody body) {
        JsonNode value = body.member("events");
        if (value.isMissingNode()) {
            return null;
        }
        String expected = "one or more of " + String.join(", ", EventType.words());
        if (!value.isArray() || value.isEmpty()) {
            throw JsonBody.wrong("events", "an array of " + expected);
        }
        Set<EventType> events = EnumSet.noneOf(EventType.class);
        for (JsonNode each : value) {
            Optional<EventType> type = each.isTextual() ? EventType.ofWord(each.asText()) : Optional.empty();
            events.add(type.orElseThrow(() -> ApiException.invalid(
                    "events: \"" + ApiException.shown(each.asText()) + "\" (expected: " + expected + ")")));
        }
        return events;
    }
}
