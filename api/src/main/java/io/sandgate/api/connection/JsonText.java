package io.sandgate.api.connection;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// JSON that is passed on as it is: numbers, escapes and the order of members stay what they were.
final class JsonText {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonText() {}

    /// The text of one JSON value on one line, without the blanks between its parts.
    ///
    /// @throws BadRequestException when it is none
    static String oneLine(Buffer body) {
        String text = decode(body);
        check(text);
        return withoutBlanks(text);
    }

    private static String decode(Buffer body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body.getBytes())).toString();
        } catch (CharacterCodingException e) {
            throw new BadRequestException("the body is not UTF-8 (expected: one JSON value in UTF-8)");
        }
    }

    private static void check(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new BadRequestException("the body is empty (expected: one JSON value)");
            }
            parser.skipChildren();
            readScalar(parser);
            if (parser.nextToken() != null) {
                throw wrong(parser.currentTokenLocation());
            }
        } catch (JsonProcessingException e) {
            throw wrong(e.getLocation());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A text or number is only looked at to its end when it is asked for.
    private static void readScalar(JsonParser parser) throws IOException {
        if (parser.currentToken().isScalarValue()) {
            parser.finishToken();
        }
    }

    /// @param at null for what is too deep or too long to be read
    private static BadRequestException wrong(@Nullable JsonLocation at) {
        String where = at == null ? ", or too deep" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        return new BadRequestException("the body is not JSON" + where + " (expected: one JSON value)");
    }

    private static String withoutBlanks(String json) {
        StringBuilder text = new StringBuilder(json.length());
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (quoted && c == '\\') {
                // what is escaped is not looked at
                text.append(c).append(json.charAt(++i));
                continue;
            }
            quoted ^= c == '"';
            if (quoted || !isBlank(c)) {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
