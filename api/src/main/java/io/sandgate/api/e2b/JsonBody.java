package io.sandgate.api.e2b;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request body: a JSON object, or nothing. A member that is null counts as absent, and unknown ones are accepted.
///
/// Values are never part of an error here, since environment variables may be secrets.
final class JsonBody {
    private final JsonNode root;

    private JsonBody(JsonNode root) {
        this.root = root;
    }

    static JsonBody parse(Buffer text) {
        JsonNode root;
        try {
            root = text.length() == 0 ? Json.object() : Json.read(text);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw ApiException.invalid("The body is not valid JSON"
                    + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr()));
        } catch (IOException e) {
            throw ApiException.invalid("The body is not valid JSON in UTF-8");
        }
        if (!root.isObject() && !root.isMissingNode()) {
            throw ApiException.invalid("The body is not a JSON object");
        }
        return new JsonBody(root);
    }

    /// A member as it came; a missing node where it is absent.
    JsonNode member(String name) {
        JsonNode value = root.path(name);
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    /// A member that is an object; an empty one where it is absent.
    JsonBody object(String name) {
        JsonNode value = member(name);
        if (!value.isObject() && !value.isMissingNode()) {
            throw wrong(name, "an object");
        }
        return new JsonBody(value.isMissingNode() ? Json.object() : value);
    }

    @Nullable
    String text(String name) {
        JsonNode value = member(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(name, "a string");
        }
        return value.asText();
    }

    boolean flag(String name, boolean absent) {
        JsonNode value = member(name);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.asBoolean();
    }

    /// A whole number; what no `long` can hold is the nearest that it can.
    long number(String name, long absent) {
        JsonNode value = member(name);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isIntegralNumber()) {
            throw wrong(name, "a whole number");
        }
        return value.canConvertToLong()
                ? value.asLong()
                : value.bigIntegerValue().signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /// A map of strings; empty where it is absent.
    Map<String, String> strings(String name) {
        JsonNode value = member(name);
        Map<String, String> strings = new LinkedHashMap<>();
        if (value.isMissingNode()) {
            return strings;
        }
        if (!value.isObject()) {
            throw wrong(name, "an object of strings");
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            if (!entry.getValue().isTextual()) {
                throw wrong(name + "." + entry.getKey(), "a string");
            }
            strings.put(entry.getKey(), entry.getValue().asText());
        }
        return strings;
    }

    static ApiException wrong(String name, String expected) {
        return ApiException.invalid(name + ": of another type (expected: " + expected + ")");
    }
}
