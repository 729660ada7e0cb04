package io.sandgate.api.envd.files;

import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// What tells one content of a file from another: a tag of its time and size, and the time in whole seconds.
record Version(String tag, Instant modified) {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT).withZone(ZoneOffset.UTC);

    static Version of(Entry entry) {
        Instant modified = entry.modified();
        return new Version("\"" + Long.toHexString(modified.getEpochSecond()) + "-"
                + Integer.toHexString(modified.getNano()) + "-" + Long.toHexString(entry.size()) + "\"",
                modified.truncatedTo(ChronoUnit.SECONDS));
    }

    String lastModified() {
        return HTTP_DATE.format(modified);
    }

    /// Whether an `If-None-Match` names it.
    boolean isAmong(String tags) {
        for (String tag : tags.split(",", -1)) {
            String opaque = tag.strip();
            if (opaque.equals("*") || opaque.equals(this.tag) || opaque.equals("W/" + this.tag)) {
                return true;
            }
        }
        return false;
    }

    /// Whether it is not newer than an `If-Modified-Since`, which counts only if it is a date.
    boolean isNotAfter(String date) {
        try {
            return !modified.isAfter(Instant.from(HTTP_DATE.parse(date)));
        } catch (DateTimeException e) {
            return false;
        }
    }

    /// Whether an `If-Range` means exactly this one.
    boolean is(String tagOrDate) {
        return tagOrDate.equals(tag) || tagOrDate.equals(lastModified());
    }
}
