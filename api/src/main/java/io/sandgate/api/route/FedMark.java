package io.sandgate.api.route;

import io.sandgate.proxy.route.Route;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a route's JSON begins with, among the fields beyond the route model, when a user fed it: `"fed":true`, and the
/// moment at which it expires, if it does. All replicas keep it, so that its authority finds it again after a restart.
public final class FedMark {
    static final String FED = "fed";
    static final String EXPIRES = "expires";
    static final Set<String> FIELDS = Set.of(FED, EXPIRES);
    private static final Pattern FORM = Pattern
            .compile("\"" + FED + "\":true(?:,\"" + EXPIRES + "\":\"([0-9]{4}-[0-9T:.-]+Z)\")?(?:,.*)?",
                    Pattern.DOTALL);

    private FedMark() {}

    /// Whether a user fed the route, rather than a sandbox having it.
    public static boolean isFed(Route route) {
        return matcher(route).isPresent();
    }

    /// When a route that was fed expires.
    static Optional<Instant> expires(Route route) {
        return matcher(route).map(form -> form.group(1)).flatMap(FedMark::instant);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<Matcher> matcher(Route route) {
        return Optional.ofNullable(route.extra()).map(FORM::matcher).filter(Matcher::matches);
    }

    /// The fields beyond the route model, with the mark in front.
    static String write(JsonObject rest, @Nullable Instant expires) {
        JsonObject marked = new JsonObject().put(FED, true);
        if (expires != null) {
            marked.put(EXPIRES, expires.truncatedTo(ChronoUnit.MILLIS).toString());
        }
        String object = marked.mergeIn(rest).encode();
        return object.substring(1, object.length() - 1);
    }
}
