package io.sandgate.sandbox.driver;

import java.time.Instant;

/// One line that a process of a sandbox wrote.
///
/// @param time when it was seen
/// @param stream `stdout` or `stderr`
/// @param text the line without its end
public record LogEntry(Instant time, String stream, String text) {}
