package io.sandgate.proxy.http1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// HTTP/1.1 as the grammar of RFC 9112 has it, in regular expressions over ISO 8859-1: an oracle that shares nothing with what
/// it judges.
public final class StrictHttp {

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE = Pattern.compile("(" + TOKEN + ") ([\\x21-\\x7e]+) HTTP/1\\.([01])");
    private static final Pattern STATUS_LINE = Pattern
            .compile("HTTP/1\\.([01]) ([1-9][0-9]{2})(?: ([\\t\\x20-\\x7e\\x80-\\xff]*))?");
    private static final Pattern FIELD = Pattern
            .compile("(" + TOKEN + "):[ \\t]*((?:[\\x21-\\x7e\\x80-\\xff](?:[\\t\\x20-\\x7e\\x80-\\xff]*"
                    + "[\\x21-\\x7e\\x80-\\xff])?)?)[ \\t]*");
    private static final Pattern LAST_CHUNK = Pattern.compile("(0{1,15})(;[\\t\\x20-\\x7e\\x80-\\xff]*)?\r\n");
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})(;[\\t\\x20-\\x7e\\x80-\\xff]*)?\r\n");

    private StrictHttp() {}

    /// One field line.
    public record Field(String name, String value) {}

    /// A head: the parts of its first line, and its fields.
    public record Head(List<String> start, List<Field> fields) {}

    public static Optional<Head> request(String text) {
        return head(text, REQUEST_LINE);
    }

    static Optional<Head> response(String text) {
        return head(text, STATUS_LINE);
    }

    private static Optional<Head> head(String text, Pattern start) {
        if (!text.endsWith("\r\n\r\n")) {
            return Optional.empty();
        }
        String[] lines = text.substring(0, text.length() - 4).split("\r\n", -1);
        Matcher first = start.matcher(lines[0]);
        if (!first.matches()) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        for (int i = 1; i <= first.groupCount(); i++) {
            parts.add(String.valueOf(first.group(i)));
        }
        List<Field> fields = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            Matcher field = FIELD.matcher(lines[i]);
            if (!field.matches()) {
                return Optional.empty();
            }
            fields.add(new Field(field.group(1), field.group(2)));
        }
        return Optional.of(new Head(parts, fields));
    }

    /// The data of a body in chunks that is whole and has nothing behind it, and how long its framing was without trailers.
    static Optional<String> chunked(String text) {
        StringBuilder data = new StringBuilder();
        int at = 0;
        while (true) {
            Matcher last = LAST_CHUNK.matcher(text).region(at, text.length());
            if (last.lookingAt()) {
                String trailers = text.substring(last.end());
                return trailers.equals("\r\n") || head("GET / HTTP/1.1\r\n" + trailers, REQUEST_LINE).isPresent()
                        ? Optional.of(data.toString())
                        : Optional.empty();
            }
            Matcher chunk = CHUNK.matcher(text).region(at, text.length());
            if (!chunk.lookingAt()) {
                return Optional.empty();
            }
            long size = Long.parseLong(chunk.group(1), 16);
            long end = chunk.end() + size;
            if (end + 2 > text.length() || !text.startsWith("\r\n", (int) end)) {
                return Optional.empty();
            }
            data.append(text, chunk.end(), (int) end);
            at = (int) end + 2;
        }
    }
}
