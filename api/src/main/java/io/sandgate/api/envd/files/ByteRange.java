package io.sandgate.api.envd.files;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A part of a file.
///
/// @param length 0 where it cannot be satisfied
record ByteRange(long start, long length) {

    private static final Pattern SINGLE = Pattern.compile("bytes=\\s*([0-9]{0,18})\\s*-\\s*([0-9]{0,18})\\s*");

    /// The one that a `Range` asks for; nothing where the whole file is to be sent: for several ranges, and for what makes
    /// no sense.
    static Optional<ByteRange> of(String field, long size) {
        Matcher matcher = SINGLE.matcher(field);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty()) {
            if (last.isEmpty()) {
                return Optional.empty();
            }
            long length = Math.min(Long.parseLong(last), size);
            return Optional.of(new ByteRange(size - length, length));
        }
        long start = Long.parseLong(first);
        long end = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        if (!last.isEmpty() && Long.parseLong(last) < start) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(start, Math.max(0, end - start + 1)));
    }

    /// As in `Content-Range`.
    String of(long size) {
        return length == 0 ? "bytes */" + size : "bytes " + start + "-" + (start + length - 1) + "/" + size;
    }
}
