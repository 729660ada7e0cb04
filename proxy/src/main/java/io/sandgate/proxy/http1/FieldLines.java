package io.sandgate.proxy.http1;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The field lines of one head, or of the trailers of one body: where each begins and ends in the bytes. Used again for one
/// after the other; confined to one thread.
public final class FieldLines {
    /// So many lines a head may have.
    public static final int MOST = 256;

    private byte[] bytes = new byte[0];
    private int count;
    private final FieldName[] names = new FieldName[MOST];
    private final int[] starts = new int[MOST];
    private final int[] nameEnds = new int[MOST];
    private final int[] valueStarts = new int[MOST];
    private final int[] valueEnds = new int[MOST];
    private int end;
    /// The bits of the fields that are there.
    private int present;

    /// Finds the lines between two positions, of which the second is after the last line's end.
    ///
    /// @return null, or what is wrong with them
    @Nullable
    String parse(byte[] head, int from, int to) {
        begin(head);
        int at = from;
        while (at < to) {
            if (count == MOST) {
                return "more than " + MOST + " header fields";
            }
            int next = line(at, to);
            if (next < 0) {
                return "header field " + (count + 1) + " (expected: name: value, in one line that ends with CR LF)";
            }
            at = next;
        }
        end = to;
        return null;
    }

    /// Finds the lines from a position on to the empty one behind them.
    ///
    /// @return where the empty line begins; -1 when it does not come before `to`, or a line before it is malformed
    int parseToEmptyLine(byte[] head, int from, int to) {
        begin(head);
        int at = from;
        while (at + 1 < to && (bytes[at] != Octets.CR || bytes[at + 1] != Octets.LF)) {
            int next = count == MOST ? -1 : line(at, to);
            if (next < 0) {
                return -1;
            }
            at = next;
        }
        end = at;
        return at + 1 < to ? at : -1;
    }

    private void begin(byte[] head) {
        bytes = head;
        count = 0;
        present = 0;
    }

    /// Takes one line in.
    ///
    /// @return where the next one begins, or -1 when it is malformed
    private int line(int start, int to) {
        int at = start;
        while (at < to && Octets.token(bytes[at]) != 0) {
            at++;
        }
        if (at == start || at == to || bytes[at] != ':') {
            return -1;
        }
        int nameEnd = at++;
        while (at < to && isBlank(bytes[at])) {
            at++;
        }
        int valueStart = at;
        at = Octets.valueEnd(bytes, at, to);
        if (at + 1 >= to || bytes[at] != Octets.CR || bytes[at + 1] != Octets.LF) {
            return -1;
        }
        int valueEnd = at;
        while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1])) {
            valueEnd--;
        }
        FieldName name = FieldName.of(bytes, start, nameEnd);
        names[count] = name;
        starts[count] = start;
        nameEnds[count] = nameEnd;
        valueStarts[count] = valueStart;
        valueEnds[count] = valueEnd;
        present |= name.mask();
        count++;
        return at + 2;
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    /// How many lines there are.
    public int size() {
        return count;
    }

    /// Which field a line is of.
    public FieldName name(int line) {
        return names[line];
    }

    /// Where a line begins.
    public int start(int line) {
        return starts[line];
    }

    /// After a line's end.
    public int end(int line) {
        return line + 1 < count ? starts[line + 1] : end;
    }

    /// How many lines a field has.
    public int count(FieldName name) {
        int found = 0;
        for (int line = 0; line < count && has(name); line++) {
            if (names[line] == name) {
                found++;
            }
        }
        return found;
    }

    public boolean has(FieldName name) {
        return (present & name.mask()) != 0;
    }

    /// The last line of a field, or -1.
    private int last(FieldName name) {
        int line = has(name) ? count - 1 : -1;
        while (line >= 0 && names[line] != name) {
            line--;
        }
        return line;
    }

    /// The name of a line as it is written, in lower case.
    public String lowerName(int line) {
        return new String(lowerNameOctets(line), StandardCharsets.US_ASCII);
    }

    /// A copy of the octets of a line's name, in lower case.
    public byte[] lowerNameOctets(int line) {
        byte[] lower = new byte[nameEnds[line] - starts[line]];
        for (int i = 0; i < lower.length; i++) {
            lower[i] = Octets.token(bytes[starts[line] + i]);
        }
        return lower;
    }

    /// A copy of the octets of a line's value.
    public byte[] valueOctets(int line) {
        return Arrays.copyOfRange(bytes, valueStarts[line], valueEnds[line]);
    }

    /// The value of a line, in the octets as they came.
    public String value(int line) {
        return new String(bytes, valueStarts[line], valueEnds[line] - valueStarts[line], StandardCharsets.ISO_8859_1);
    }

    /// The value of the last line of a field, or null when there is none.
    public @Nullable String value(FieldName name) {
        int line = last(name);
        return line < 0 ? null : value(line);
    }

    /// The values of all lines of a field, in their order.
    public List<String> values(FieldName name) {
        if (!has(name)) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (int line = 0; line < count; line++) {
            if (names[line] == name) {
                values.add(value(line));
            }
        }
        return values;
    }

    /// The value of the first line with a name that no constant stands for, or null.
    public @Nullable String valueOf(String lowerName) {
        for (int line = 0; line < count; line++) {
            if (names[line] == FieldName.OTHER && is(lowerName, starts[line], nameEnds[line])) {
                return value(line);
            }
        }
        return null;
    }

    /// Whether the value of the last line of a field is this, in whatever case.
    public boolean isValue(FieldName name, String lower) {
        int line = last(name);
        return line >= 0 && is(lower, valueStarts[line], valueEnds[line]);
    }

    /// Whether the value of the last line of a field is just these octets.
    public boolean isValue(FieldName name, byte[] octets, int length) {
        int line = last(name);
        return line >= 0 && valueEnds[line] - valueStarts[line] == length
                && Arrays.equals(bytes, valueStarts[line], valueEnds[line], octets, 0, length);
    }

    /// Copies the value of the last line of a field, if it fits.
    ///
    /// @return its length, or -1
    public int copyValue(FieldName name, byte[] into) {
        int line = last(name);
        int length = line < 0 ? -1 : valueEnds[line] - valueStarts[line];
        if (length < 0 || length > into.length) {
            return -1;
        }
        System.arraycopy(bytes, valueStarts[line], into, 0, length);
        return length;
    }

    /// The value of the last line of a field as a number: -1 when it is none of at most 18 digits.
    long number(FieldName name) {
        int line = last(name);
        int from = line < 0 ? 0 : valueStarts[line];
        int to = line < 0 ? 0 : valueEnds[line];
        if (from == to || to - from > 18) {
            return -1;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            if (!Octets.isDigit(bytes[i])) {
                return -1;
            }
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }

    private boolean is(String lower, int from, int to) {
        if (to - from != lower.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            int octet = bytes[i];
            if ((octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet) != lower.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }
}
