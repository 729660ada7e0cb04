package io.sandgate.api.envd.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A protobuf message in its JSON form: fields are named in lowerCamelCase or in snake_case, null counts as absent, and
/// unknown fields are ignored.
///
/// Values are never part of an error, since input and environment variables may be secrets.
public final class Message {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final JsonNode fields;
    private final String prefix;

    private Message(JsonNode fields, String prefix) {
        this.fields = fields;
        this.prefix = prefix;
    }

    static Message parse(byte[] json) {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (root.isObject()) {
                return new Message(root, "");
            }
        } catch (JsonProcessingException e) {
            throw ConnectException.invalid("the message is not valid JSON");
        } catch (IOException e) {
            throw ConnectException.invalid("the message is not valid JSON in UTF-8");
        }
        throw ConnectException.invalid("the message is not a JSON object");
    }

    /// Whether a field is there.
    public boolean has(String name) {
        return !field(name).isMissingNode();
    }

    /// A message within this one.
    public Optional<Message> message(String name) {
        JsonNode value = field(name);
        if (!value.isMissingNode() && !value.isObject()) {
            throw wrong(name, "an object");
        }
        return value.isMissingNode() ? Optional.empty() : Optional.of(new Message(value, prefix + name + "."));
    }

    /// A message within this one that must be there.
    public Message required(String name) {
        return message(name).orElseThrow(() -> missing(name));
    }

    /// A text; empty where it is absent.
    public String text(String name) {
        JsonNode value = field(name);
        if (!value.isMissingNode() && !value.isTextual()) {
            throw wrong(name, "a string");
        }
        return value.asText("");
    }

    /// Texts in order; none where they are absent.
    public List<String> texts(String name) {
        JsonNode value = field(name);
        if (!value.isMissingNode() && !value.isArray()) {
            throw wrong(name, "an array of strings");
        }
        List<String> texts = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                throw wrong(name, "an array of strings");
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    /// A map of texts; empty where it is absent.
    public Map<String, String> map(String name) {
        JsonNode value = field(name);
        if (!value.isMissingNode() && !value.isObject()) {
            throw wrong(name, "an object of strings");
        }
        Map<String, String> map = new LinkedHashMap<>();
        value.properties().forEach(entry -> {
            if (!entry.getValue().isTextual()) {
                throw wrong(name, "an object of strings");
            }
            map.put(entry.getKey(), entry.getValue().textValue());
        });
        return map;
    }

    /// A truth value.
    public boolean flag(String name, boolean absent) {
        JsonNode value = field(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.asBoolean(absent);
    }

    /// A whole number of at most 32 bits without a sign, given as a number or as a text; 0 where it is absent.
    public long number(String name) {
        JsonNode value = field(name);
        if (value.isMissingNode()) {
            return 0;
        }
        try {
            // No text of this length is such a number, and a long exponent would take long to expand
            if ((value.isNumber() || value.isTextual()) && value.asText().length() <= 20) {
                BigDecimal number = new BigDecimal(value.asText());
                if (number.signum() >= 0 && number.compareTo(BigDecimal.valueOf(0xFFFF_FFFFL)) <= 0) {
                    return number.longValueExact();
                }
            }
        } catch (ArithmeticException e) {
            throw wrong(name, "a whole number");
        } catch (NumberFormatException e) {
            throw wrong(name, "a number");
        }
        throw wrong(name, "a whole number, 0-4294967295");
    }

    /// Bytes in base64 of either alphabet, padded or not; none where they are absent.
    public byte[] bytes(String name) {
        try {
            return Base64.getDecoder().decode(text(name).replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException e) {
            throw wrong(name, "base64");
        }
    }

    /// The name of an enum's constant; empty where it is absent.
    ///
    /// @param numbers the names by their numbers, which may be given in their place
    public String constant(String name, Map<Long, String> numbers) {
        return field(name).isNumber() ? numbers.getOrDefault(number(name), "") : text(name);
    }

    /// The refusal of a message without a field.
    public ConnectException missing(String name) {
        return ConnectException.invalid(prefix + name + ": missing");
    }

    /// The refusal of a field's value.
    public ConnectException wrong(String name, String expected) {
        return ConnectException.invalid(prefix + name + ": not usable (expected: " + expected + ")");
    }

    private JsonNode field(String name) {
        JsonNode value = fields.get(name);
        if (value == null) {
            value = fields.get(snakeCase(name));
        }
        return value == null || value.isNull() ? MissingNode.getInstance() : value;
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
