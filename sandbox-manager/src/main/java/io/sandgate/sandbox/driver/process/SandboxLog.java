package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.LogEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bounded log of one sandbox. Belongs to one thread.
///
/// Implementation note. The processes append to the raw files `stdout` and `stderr`. Each poll moves the whole lines
/// that are new there to the file `lines`, as `<millis> <stream> <offset> <text>`, where the offset says up to which
/// byte of the raw file the line reaches: so a later life of the replica goes on where this one stopped, and no line
/// comes twice. When `lines` nears half of the bound it becomes `lines.1`, and the former `lines.1` is lost. A raw file
/// that has been read to its end is cut to nothing from time to time, and so is one that grows faster than it is read; what
/// is written between the last read and the cut is lost. A cut is recorded as a line with the stream's name in upper case.
final class SandboxLog {

    private static final int CHUNK = 64 * 1024;
    private static final int LONGEST_LINE = 8 * 1024;

    private final Path directory;
    private final int bound;
    private final InstantSource clock;
    private final List<Raw> raws;

    /// One raw file and how far it has been read.
    private static final class Raw {
        final String stream;
        final char letter;
        long offset;

        Raw(String stream, char letter) {
            this.stream = stream;
            this.letter = letter;
        }
    }

    private record Line(long millis, char letter, long offset, String text) {}

    /// @param directory where the raw files are
    /// @param bound how many bytes of lines are kept at most
    SandboxLog(Path directory, int bound, InstantSource clock) throws IOException {
        this.directory = directory;
        this.bound = bound;
        this.clock = clock;
        this.raws = List.of(new Raw("stdout", 'o'), new Raw("stderr", 'e'));
        for (Line line : lines()) {
            for (Raw raw : raws) {
                if (Character.toLowerCase(line.letter()) == raw.letter) {
                    raw.offset = line.offset();
                }
            }
        }
    }

    /// Takes over what was written since the last poll.
    ///
    /// @param partial whether to take an unfinished last line as well
    /// @return whether there was anything
    boolean poll(boolean partial) throws IOException {
        boolean any = false;
        for (Raw raw : raws) {
            any |= poll(raw, partial);
        }
        return any;
    }

    /// The lines that are kept, oldest first.
    List<LogEntry> read() throws IOException {
        return lines().stream().filter(line -> Character.isLowerCase(line.letter()))
                .map(line -> new LogEntry(Instant.ofEpochMilli(line.millis()), line.letter() == 'o'
                        ? "stdout"
                        : "stderr", line.text()))
                .toList();
    }

    private boolean poll(Raw raw, boolean partial) throws IOException {
        Path file = directory.resolve(raw.stream);
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size < raw.offset) {
                raw.offset = 0;
            }
            if (size == raw.offset) {
                return false;
            }
            boolean any = false;
            if (size - raw.offset > bound) {
                long dropped = size - bound - raw.offset;
                raw.offset = size - bound;
                append(line(raw.letter, raw.offset, "[" + dropped + " bytes dropped]"));
            }
            long from = raw.offset;
            // whoever writes faster than this reads is not followed for ever: others wait for the thread
            while (raw.offset - from < bound && takeChunk(raw, channel, partial)) {
                any = true;
            }
            long left = channel.size() - raw.offset;
            if (left > bound) {
                append(line(raw.letter, raw.offset, "[" + left + " bytes dropped]"));
            }
            if (left > bound || (left == 0 && raw.offset >= Math.min(CHUNK, bound))) {
                channel.truncate(0);
                raw.offset = 0;
                append(line(Character.toUpperCase(raw.letter), 0, ""));
            }
            return any;
        }
    }

    private boolean takeChunk(Raw raw, FileChannel channel, boolean partial) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        int length = Math.max(0, channel.read(buffer, raw.offset));
        byte[] bytes = buffer.array();
        StringBuilder lines = new StringBuilder();
        int from = 0;
        long start = raw.offset;
        for (int at = 0; at < length; at++) {
            boolean ends = bytes[at] == '\n';
            boolean last = partial && at == length - 1 && length < CHUNK;
            if (ends || at - from + 1 >= LONGEST_LINE || last) {
                raw.offset = start + at + 1;
                lines.append(line(raw.letter, raw.offset, text(bytes, from, ends ? at : at + 1)));
                from = at + 1;
                if (lines.length() > bound / 8) {
                    append(lines.toString());
                    lines.setLength(0);
                }
            }
        }
        append(lines.toString());
        return from > 0;
    }

    private static String text(byte[] bytes, int from, int to) {
        int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
        return new String(bytes, from, end - from, StandardCharsets.UTF_8).replace('\r', ' ');
    }

    private String line(char letter, long offset, String text) {
        return clock.instant().toEpochMilli() + " " + letter + " " + offset + " " + text + "\n";
    }

    private void append(String lines) throws IOException {
        if (lines.isEmpty()) {
            return;
        }
        Path file = directory.resolve("lines");
        Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (Files.size(file) > bound / 8 * 3L) {
            Files.move(file, directory.resolve("lines.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private List<Line> lines() throws IOException {
        List<Line> lines = new ArrayList<>();
        for (String name : List.of("lines.1", "lines")) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                for (String text : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1)) {
                    Line line = parse(text);
                    if (line != null) {
                        lines.add(line);
                    }
                }
            }
        }
        return lines;
    }

    /// A line that was cut short by a crash is left out.
    private static @Nullable Line parse(String text) {
        String[] parts = text.split(" ", 4);
        if (parts.length < 4 || parts[1].length() != 1) {
            return null;
        }
        try {
            return new Line(Long.parseLong(parts[0]), parts[1].charAt(0), Long.parseLong(parts[2]), parts[3]);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
