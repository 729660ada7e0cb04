package io.sandgate.proxy.forward;

import io.sandgate.proxy.http1.StrictHttp;
import io.sandgate.proxy.http1.StrictHttp.Field;
import io.sandgate.proxy.http1.StrictHttp.Head;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request as RFC 9112 reads it, by regular expressions that share nothing with the data plane.
///
/// @param fields each `name: value`, the name in lower case, in their order; without those that are about one connection
/// @param body its data, without what frames it
record OracleRequest(String method, String target, List<String> fields, String body) {

    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})(;[\\t\\x20-\\x7e\\x80-\\xff]*)?\r\n");
    private static final Pattern PART_OF_CHUNK = Pattern
            .compile("[0-9A-Fa-f]{1,15}(;[\\t\\x20-\\x7e\\x80-\\xff]*)?\r?");
    private static final Pattern CLOSING = Pattern.compile("\r\nConnection: close\r\n\r\n$");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Set<String> HOPS = Set.of("connection", "keep-alive", "te", "trailer", "upgrade",
            "http2-settings", "forwarded", "x-real-ip");
    private static final Set<String> KEPT = Set.of("host", "content-length", "transfer-encoding");

    /// What a stream of bytes has in it.
    ///
    /// @param whole the requests that are whole
    /// @param rest where the first byte is that belongs to none of them
    record Stream(List<OracleRequest> whole, int rest) {}

    private record Body(String data, int end) {}

    /// @param length of the body; -1 when it comes in chunks
    private record Framing(long length) {
        boolean isChunked() {
            return length < 0;
        }
    }

    /// Reads a stream as far as it is well-formed and whole.
    static Stream read(String stream) {
        List<OracleRequest> requests = new ArrayList<>();
        int at = 0;
        while (true) {
            int start = at;
            while (stream.startsWith("\r\n", start)) {
                start += 2;
            }
            int end = stream.indexOf("\r\n\r\n", start) + 4;
            Optional<Head> head = end < 4 ? Optional.empty() : StrictHttp.request(stream.substring(start, end));
            Optional<Body> body = head.flatMap(read -> body(read, stream, end));
            if (body.isEmpty()) {
                return new Stream(requests, at);
            }
            requests.add(new OracleRequest(head.get().start().get(0), head.get().start().get(1),
                    passing(head.get().fields()), body.get().data()));
            at = body.get().end();
        }
    }

    /// Whether a server may wait for more after a stream: it is neither malformed nor does its last request close the connection.
    static boolean mayGoOn(String stream) {
        Stream read = read(stream);
        String rest = stream.substring(read.rest()).replaceFirst("^(\r\n)+", "");
        int end = rest.indexOf("\r\n\r\n") + 4;
        if (end < 4) {
            return !rest.isEmpty() || !CLOSING.matcher(stream).find();
        }
        Optional<Framing> framing = StrictHttp.request(rest.substring(0, end)).flatMap(OracleRequest::framing);
        return framing.isPresent() && (!framing.get().isChunked() || isBeginningOfChunks(rest, end, true));
    }

    /// Whether a request that a sandbox may get begins so: with a head that is well-formed and has no field that must not
    /// pass, a body as that says, and no trailers.
    static boolean isBeginning(String text) {
        int end = text.indexOf("\r\n\r\n") + 4;
        if (end < 4) {
            return true;
        }
        Optional<Framing> framing = StrictHttp.request(text.substring(0, end))
                .filter(head -> passing(head.fields()).size() == head.fields().size()).flatMap(OracleRequest::framing);
        return framing.isPresent() && (framing.get().isChunked()
                ? isBeginningOfChunks(text, end, false)
                : text.length() <= end + framing.get().length());
    }

    private static boolean isBeginningOfChunks(String text, int start, boolean trailers) {
        int at = start;
        while (at < text.length()) {
            Matcher chunk = CHUNK.matcher(text).region(at, text.length());
            if (!chunk.lookingAt()) {
                return PART_OF_CHUNK.matcher(text).region(at, text.length()).matches();
            }
            long end = chunk.end() + Long.parseLong(chunk.group(1), 16);
            String rest = text.substring((int) Math.min(text.length(), end));
            if (end == chunk.end()) {
                return "\r\n".startsWith(rest) || (trailers && !rest.contains("\r\n\r\n"));
            }
            if (!rest.startsWith("\r\n") && !"\r\n".startsWith(rest)) {
                return false;
            }
            at = (int) Math.min(text.length(), end + 2);
        }
        return true;
    }

    private static Optional<Body> body(Head head, String stream, int start) {
        return framing(head).flatMap(framing -> {
            if (framing.isChunked()) {
                return chunked(stream, start);
            }
            long end = start + framing.length();
            return end > stream.length()
                    ? Optional.empty()
                    : Optional.of(new Body(stream.substring(start, (int) end), (int) end));
        });
    }

    private static Optional<Framing> framing(Head head) {
        List<String> codings = values(head, "transfer-encoding");
        List<String> lengths = values(head, "content-length");
        if (values(head, "host").size() != 1 || codings.size() + lengths.size() > 1) {
            return Optional.empty();
        }
        if (!codings.isEmpty()) {
            boolean chunked = codings.getFirst().equalsIgnoreCase("chunked") && head.start().get(2).equals("1");
            return chunked ? Optional.of(new Framing(-1)) : Optional.empty();
        }
        if (lengths.isEmpty()) {
            return Optional.of(new Framing(0));
        }
        return LENGTH.matcher(lengths.getFirst()).matches()
                ? Optional.of(new Framing(Long.parseLong(lengths.getFirst())))
                : Optional.empty();
    }

    private static Optional<Body> chunked(String stream, int start) {
        StringBuilder data = new StringBuilder();
        int at = start;
        while (true) {
            Matcher chunk = CHUNK.matcher(stream).region(at, stream.length());
            if (!chunk.lookingAt()) {
                return Optional.empty();
            }
            long size = Long.parseLong(chunk.group(1), 16);
            if (size == 0) {
                return trailers(data.toString(), stream, chunk.end());
            }
            long end = chunk.end() + size;
            if (end + 2 > stream.length() || !stream.startsWith("\r\n", (int) end)) {
                return Optional.empty();
            }
            data.append(stream, chunk.end(), (int) end);
            at = (int) end + 2;
        }
    }

    private static Optional<Body> trailers(String data, String stream, int start) {
        if (stream.startsWith("\r\n", start)) {
            return Optional.of(new Body(data, start + 2));
        }
        int end = stream.indexOf("\r\n\r\n", start) + 4;
        return end >= 4 && StrictHttp.request("GET / HTTP/1.1\r\n" + stream.substring(start, end)).isPresent()
                ? Optional.of(new Body(data, end))
                : Optional.empty();
    }

    private static List<String> values(Head head, String name) {
        return head.fields().stream().filter(field -> field.name().equalsIgnoreCase(name)).map(Field::value).toList();
    }

    private static List<String> passing(List<Field> fields) {
        Set<String> named = new HashSet<>();
        for (Field field : fields) {
            if (field.name().equalsIgnoreCase("connection")) {
                for (String option : field.value().split(",", -1)) {
                    named.add(option.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        named.removeAll(KEPT);
        List<String> passing = new ArrayList<>();
        for (Field field : fields) {
            String name = field.name().toLowerCase(Locale.ROOT);
            boolean claimed = (name.startsWith("proxy-") && name.length() > 6)
                    || (name.startsWith("x-forwarded-") && name.length() > 12);
            if (!HOPS.contains(name) && !claimed && !named.contains(name)) {
                passing.add(name + ": " + field.value());
            }
        }
        return passing;
    }
}
