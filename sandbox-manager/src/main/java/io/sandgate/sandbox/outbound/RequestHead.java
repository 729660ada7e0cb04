package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The head of a request of HTTP/1.
///
/// What two readers could understand differently is refused: a server that saw another request in the same bytes would
/// answer one that was never checked.
///
/// @param lines all of it, without the ends of lines
/// @param host whom it is for, without a port
/// @param length of its body; negative when that comes in chunks
/// @param webSocket whether it asks to go on as a web socket
record RequestHead(List<String> lines, String host, long length, boolean webSocket) {

    private static final Pattern REQUEST = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) (/\\S*|\\*) HTTP/1\\.([01])");
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9._-]+)(:\\d{1,5})?");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
    private static final String UPGRADE = "upgrade";
    private static final long CHUNKED = -1;

    RequestHead {
        lines = List.copyOf(lines);
    }

    /// Takes the next one; the first byte of it is there.
    static RequestHead take(Intake intake) throws IOException, Refusal {
        int end = 0;
        while (!endsAt(intake, end)) {
            end++;
            intake.need(end + 1);
        }
        return parse(new String(intake.take(end + 1), StandardCharsets.ISO_8859_1));
    }

    private static boolean endsAt(Intake intake, int at) {
        return at >= 3 && intake.at(at) == '\n' && intake.at(at - 1) == '\r' && intake.at(at - 2) == '\n'
                && intake.at(at - 3) == '\r';
    }

    /// @param text with the empty line at its end
    static RequestHead parse(String text) throws Refusal {
        List<String> lines = List.of(text.substring(0, text.length() - 4).split("\r\n", -1));
        if (lines.stream().anyMatch(line -> line.chars().anyMatch(RequestHead::isControl))) {
            throw unclear("there are control characters in its head");
        }
        Matcher request = REQUEST.matcher(lines.getFirst());
        // what a proxy is asked for: the name in the target would count, or all that follows is for somebody else
        if (!request.matches() || request.group(1).equals("CONNECT")) {
            throw unclear("it does not begin as a request of HTTP/1 to a server");
        }
        List<String> hosts = new ArrayList<>();
        List<String> lengths = new ArrayList<>();
        List<String> codings = new ArrayList<>();
        List<String> upgrades = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon < 0 || !FIELD.matcher(line.substring(0, colon)).matches()) {
                throw unclear("a line of its head is no field");
            }
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "host" -> hosts.add(value);
                case "content-length" -> lengths.add(value);
                case "transfer-encoding" -> codings.add(value);
                case UPGRADE -> upgrades.add(value);
                default -> {
                    // of no meaning for whom it is and where it ends
                }
            }
        }
        long length = length(lengths, codings, request.group(3).equals("1"));
        return new RequestHead(lines, host(hosts), length,
                length == 0 && upgrades.size() == 1 && upgrades.getFirst().equalsIgnoreCase("websocket"));
    }

    private static boolean isControl(int character) {
        return (character < ' ' && character != '\t') || character == 127;
    }

    private static String host(List<String> hosts) throws Refusal {
        Matcher host = HOST.matcher(hosts.size() == 1 ? hosts.getFirst() : "");
        if (!host.matches()) {
            throw unclear("it has no Host, or several");
        }
        return host.group(1);
    }

    private static long length(List<String> lengths, List<String> codings, boolean chunks) throws Refusal {
        if (lengths.size() + codings.size() > 1) {
            throw unclear("it says twice where it ends");
        }
        if (!codings.isEmpty()) {
            if (!chunks || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw unclear("its body is coded in an unknown way");
            }
            return CHUNKED;
        }
        if (!lengths.isEmpty() && !LENGTH.matcher(lengths.getFirst()).matches()) {
            throw unclear("its length is no number");
        }
        return lengths.isEmpty() ? 0 : Long.parseLong(lengths.getFirst());
    }

    boolean chunked() {
        return length == CHUNKED;
    }

    /// What is passed on of it.
    ///
    /// @param upgrade whether it may ask to go on as something else: what follows would not be checked
    byte[] bytes(boolean upgrade) {
        StringBuilder text = new StringBuilder();
        lines.stream().filter(line -> upgrade || !line.toLowerCase(Locale.ROOT).startsWith(UPGRADE + ":"))
                .forEach(line -> text.append(line).append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Refusal unclear(String detail) {
        return new Refusal(Reason.UNCLEAR, detail);
    }
}
