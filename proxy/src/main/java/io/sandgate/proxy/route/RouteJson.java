package io.sandgate.proxy.route;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// The JSON form of a route: one object, the fields of the peer API, and whatever else the sender put in.
public final class RouteJson {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// A body that is not a route.
    public static final class MalformedRouteException extends Exception {
        private static final long serialVersionUID = 1L;

        private final RouteResult.Reason reason;

        MalformedRouteException(RouteResult.Reason reason, String message) {
            super(message);
            this.reason = reason;
        }

        /// Which rule it breaks.
        public RouteResult.Reason reason() {
            return reason;
        }
    }

    private RouteJson() {}

    /// Reads one route.
    ///
    /// @return the route, or null for the legacy form that has an id and no key, which is accepted and means nothing
    /// @throws MalformedRouteException when it is no JSON object, a field has the wrong type, or what makes a route valid
    ///         is missing; the message names the field
    public static @Nullable Route read(byte[] json) throws MalformedRouteException {
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("body: (expected: a JSON object)");
            }
            Fields fields = new Fields();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                fields.read(parser.currentName(), parser);
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw malformed("body: (expected: one JSON object and nothing after it)");
            }
            return fields.route();
        } catch (IOException e) {
            throw malformed("body: not JSON (expected: a JSON object)");
        }
    }

    /// Writes a route as one JSON object on one line, without a line end.
    public static byte[] write(Route route) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(320);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("namespace", route.namespace());
            json.writeStringField("name", route.name());
            json.writeStringField("id", route.id());
            json.writeStringField("uid", route.uid());
            json.writeStringField("owner", route.owner());
            json.writeStringField("ip", route.ip());
            json.writeStringField("state", route.state());
            json.writeStringField("resourceVersion", route.version().toString());
            if (!route.authority().isEmpty()) {
                json.writeStringField("authority", route.authority());
            }
            json.writeBooleanField("requireTrafficAuth", route.traffic().requireToken());
            if (!route.traffic().hostMask().isEmpty()) {
                json.writeStringField("maskRequestHost", route.traffic().hostMask());
            }
            if (route.traffic().wakes()) {
                json.writeBooleanField("autoResume", true);
            }
            if (route.extra() != null) {
                json.writeRaw(',');
                json.writeRaw(route.extra());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// Whether a field has no control characters, which could end a line of a log.
    public static boolean isPrintable(String text) {
        return text.codePoints().noneMatch(Character::isISOControl);
    }

    private static MalformedRouteException malformed(String message) {
        return new MalformedRouteException(RouteResult.Reason.MALFORMED, message);
    }

    /// What is no longer is mostly a mark that many routes have.
    private static final int LONGEST_MARK = 24;

    /// The fields of one object while it is read. Words that many routes share are interned.
    private static final class Fields {
        private String namespace = "";
        private String name = "";
        private String id = "";
        private String uid = "";
        private String owner = "";
        private String ip = "";
        private String state = "";
        private String version = "";
        private String authority = "";
        private boolean requireTrafficAuth;
        private String hostMask = "";
        private boolean autoResume;
        private @Nullable StringWriter extra;
        private @Nullable JsonGenerator extraJson;

        void read(String field, JsonParser parser) throws IOException, MalformedRouteException {
            JsonToken value = parser.nextToken();
            switch (field) {
                case "namespace" -> namespace = text(field, value, parser).intern();
                case "name" -> name = text(field, value, parser);
                case "id" -> id = text(field, value, parser);
                case "uid" -> uid = text(field, value, parser);
                case "owner" -> owner = text(field, value, parser).intern();
                case "ip" -> ip = text(field, value, parser);
                case "state" -> state = text(field, value, parser).intern();
                case "resourceVersion" -> version = text(field, value, parser);
                case "authority" -> authority = text(field, value, parser).intern();
                case "requireTrafficAuth" -> requireTrafficAuth = flag(field, value);
                case "autoResume" -> autoResume = flag(field, value);
                case "maskRequestHost" -> hostMask = mask(field, text(field, value, parser));
                default -> keep(field, parser);
            }
        }

        private static String text(String field, JsonToken value, JsonParser parser)
                throws IOException, MalformedRouteException {
            return switch (value) {
                case VALUE_STRING -> printable(field, wellFormed(parser.getText()));
                case VALUE_NULL -> "";
                default -> throw malformed(field + ": (expected: a string)");
            };
        }

        /// Half a surrogate pair can be read, and not be written again as UTF-8.
        private static String wellFormed(String text) throws MalformedRouteException {
            for (int i = 0; i < text.length(); i++) {
                if (Character.isSurrogate(text.charAt(i))) {
                    if (!Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                        throw malformed("body: half a surrogate pair (expected: Unicode text)");
                    }
                    i++;
                }
            }
            return text;
        }

        private static String printable(String field, String text) throws MalformedRouteException {
            if (!isPrintable(text)) {
                throw malformed(field + ": (expected: text without control characters)");
            }
            return text;
        }

        private static boolean flag(String field, JsonToken value) throws MalformedRouteException {
            return switch (value) {
                case VALUE_TRUE -> true;
                case VALUE_FALSE, VALUE_NULL -> false;
                default -> throw malformed(field + ": (expected: true or false)");
            };
        }

        private static String mask(String field, String text) throws MalformedRouteException {
            if (!TrafficRules.isMask(text)) {
                throw malformed(field + ": (expected: " + TrafficRules.EXPECTED_MASK + ")");
            }
            return text;
        }

        private void keep(String field, JsonParser parser) throws IOException {
            if (extra == null || extraJson == null) {
                extra = new StringWriter();
                extraJson = JSON.createGenerator(extra);
                extraJson.writeStartObject();
            }
            extraJson.writeFieldName(field);
            copy(parser, extraJson);
        }

        /// Copies the value at which the parser is; numbers keep their digits as they were written.
        private static void copy(JsonParser from, JsonGenerator to) throws IOException {
            int depth = 0;
            while (true) {
                JsonToken token = from.currentToken();
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                }
                if (token.isNumeric()) {
                    to.writeNumber(from.getText());
                } else {
                    to.copyCurrentEvent(from);
                }
                if (depth == 0) {
                    return;
                }
                from.nextToken();
            }
        }

        private @Nullable String kept() throws IOException, MalformedRouteException {
            if (extra == null || extraJson == null) {
                return null;
            }
            extraJson.writeEndObject();
            extraJson.close();
            String object = extra.toString();
            String kept = wellFormed(object.substring(1, object.length() - 1));
            return kept.length() <= LONGEST_MARK ? kept.intern() : kept;
        }

        @Nullable
        Route route() throws IOException, MalformedRouteException {
            if (namespace.isEmpty() && name.isEmpty() && !id.isEmpty()) {
                return null;
            }
            if (namespace.isEmpty() || name.isEmpty()) {
                throw missing(namespace.isEmpty() ? "namespace" : "name");
            }
            RouteVersion parsed = RouteVersion.parse(version);
            if (parsed == null) {
                throw new MalformedRouteException(RouteResult.Reason.INVALID_RESOURCE_VERSION, "resourceVersion: "
                        + (version.isEmpty() ? "(missing)" : version.substring(0, Math.min(40, version.length())))
                        + " (expected: a positive decimal integer without leading zeros)");
            }
            if (!state.equals(RouteStates.DEAD) && (id.isEmpty() || uid.isEmpty())) {
                throw missing(id.isEmpty() ? "id" : "uid");
            }
            // most routes are named by their id: one string for both
            String shared = id.equals(name) ? name : id;
            return new Route(namespace, name, shared, uid, owner, ip, state, parsed, authority,
                    TrafficRules.of(requireTrafficAuth, hostMask, autoResume), kept());
        }

        private static MalformedRouteException missing(String field) {
            return new MalformedRouteException(RouteResult.Reason.MISSING_FIELD,
                    field + ": (missing) (expected: a non-empty string)");
        }
    }
}
