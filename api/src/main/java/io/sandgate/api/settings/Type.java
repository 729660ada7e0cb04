package io.sandgate.api.settings;

import io.sandgate.membership.Endpoint;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a setting may be: how its text is read, and how the allowed values are described.
///
/// A parser throws [IllegalArgumentException] for a value that is not allowed.
///
/// @param <T> the type of the values
public final class Type<T> {

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,252})");

    private final String allowed;
    private final Function<RawValue, T> parser;

    private Type(String allowed, Function<RawValue, T> parser) {
        this.allowed = allowed;
        this.parser = parser;
    }

    /// The allowed values, in words.
    String allowed() {
        return allowed;
    }

    T parse(RawValue value) {
        return parser.apply(value);
    }

    /// One value.
    static <T> Type<T> scalar(String allowed, Function<String, T> parser) {
        return new Type<>(allowed, value -> {
            require(!value.list());
            return parser.apply(value.text().strip());
        });
    }

    /// Values parted by commas, or a list in the file; none when empty.
    static <T> Type<List<T>> list(String allowed, Function<String, T> parser) {
        return new Type<>(allowed, value -> {
            List<String> items = value.list() ? value.items() : commaSeparated(value.text());
            List<T> parsed = new ArrayList<>();
            for (String item : items) {
                parsed.add(parser.apply(item.strip()));
            }
            return List.copyOf(parsed);
        });
    }

    private static List<String> commaSeparated(String text) {
        return text.isBlank() ? List.of() : Arrays.asList(text.split(",", -1));
    }

    /// A command: shell words, or a list in the file.
    static Type<List<String>> command() {
        return new Type<>("a command line, or a list of words", value -> {
            List<String> words = value.list() ? value.items() : Words.split(value.text());
            require(!words.isEmpty() && !words.getFirst().isBlank());
            return words;
        });
    }

    static Type<Integer> integer(int min, int max) {
        return scalar(String.format(Locale.ROOT, "%d-%d", min, max), text -> {
            int number = Integer.parseInt(text);
            require(number >= min && number <= max);
            return number;
        });
    }

    static Type<Integer> port() {
        return scalar("0-65535, where 0 takes any free port", integer(0, 65535)::parseText);
    }

    static Type<List<Integer>> ports() {
        return list("ports of 1-65535, parted by commas", integer(1, 65535)::parseText);
    }

    static Type<Double> decimal(double min, double max) {
        return scalar(String.format(Locale.ROOT, "%.1f-%.1f", min, max), text -> {
            double number = Double.parseDouble(text);
            require(number >= min && number <= max);
            return number;
        });
    }

    static Type<Duration> duration(String min, String max) {
        Duration least = DurationText.parse(min);
        Duration most = DurationText.parse(max);
        return scalar(min + "-" + max + ", a number with ms, s, m, h or d", text -> {
            Duration duration = DurationText.parse(text);
            require(duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0);
            return duration;
        });
    }

    /// A size in bytes that an array can have.
    static Type<Integer> size(String min, String max) {
        return bytes(min, max, Math::toIntExact);
    }

    /// A size in bytes.
    static Type<Long> volume(String min, String max) {
        return bytes(min, max, size -> size);
    }

    private static <T> Type<T> bytes(String min, String max, LongFunction<T> form) {
        long least = SizeText.parse(min);
        long most = SizeText.parse(max);
        return scalar(min + "-" + max + ", a number with B, KiB, MiB or GiB", text -> {
            long size = SizeText.parse(text);
            require(size >= least && size <= most);
            return form.apply(size);
        });
    }

    static Type<String> text(String allowed, Pattern form) {
        return scalar(allowed, text -> {
            require(form.matcher(text).matches());
            return text;
        });
    }

    /// Any text, blanks at its ends included.
    static Type<String> anyText() {
        return new Type<>("any text", value -> {
            require(!value.list());
            return value.text();
        });
    }

    static Type<String> host() {
        return scalar("an IP address or a host name", Type::hostOf);
    }

    private static String hostOf(String text) {
        String host = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        if (host.indexOf(':') >= 0) {
            return InetAddress.ofLiteral(host).getHostAddress();
        }
        require(HOST.matcher(host).matches());
        return host;
    }

    static Type<Endpoint> endpoint() {
        return scalar("host:port", Endpoint::parse);
    }

    static Type<List<Endpoint>> endpoints() {
        return list("host:port,host:port,...", Endpoint::parse);
    }

    static Type<AddressRange> range() {
        return scalar("an address range such as 127.64.0.0/10", AddressRange::parse);
    }

    static Type<List<AddressRange>> ranges() {
        return list("address ranges such as 127.64.0.0/10,10.1.0.0/16", AddressRange::parse);
    }

    static Type<Secret> secret(int minLength) {
        return scalar("at least " + minLength + " characters", text -> {
            require(text.length() >= minLength);
            return new Secret(text);
        });
    }

    static Type<Boolean> flag() {
        return scalar("true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        });
    }

    static Type<Path> path() {
        return scalar("a path", text -> {
            require(!text.isBlank());
            return Path.of(text);
        });
    }

    static Type<List<Path>> folders() {
        return list("absolute paths of folders, parted by commas", text -> {
            Path path = Path.of(text);
            require(path.isAbsolute());
            return path.normalize();
        });
    }

    /// One of the constants, written in lower case.
    static <E extends Enum<E>> Type<E> oneOf(List<E> constants) {
        return scalar(constants.stream().map(Type::word).collect(Collectors.joining(" or ")),
                text -> constants.stream().filter(constant -> word(constant).equals(text)).findFirst()
                        .orElseThrow(IllegalArgumentException::new));
    }

    /// The same values with more words about them.
    Type<T> described(String description) {
        return new Type<>(description, parser);
    }

    private T parseText(String text) {
        return parse(RawValue.text(text, ""));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
