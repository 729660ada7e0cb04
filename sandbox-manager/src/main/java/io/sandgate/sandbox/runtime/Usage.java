package io.sandgate.sandbox.runtime;

import java.time.Instant;

/// What a sandbox used at one time.
///
/// @param time when it was measured
/// @param cpuCount processors that it may use
/// @param cpuUsedPct share of them in use since the measurement before, 0 to 100 times `cpuCount`
/// @param memoryTotal bytes of memory that it may use
/// @param memoryUsed bytes of memory in use, without cache
/// @param memoryCache bytes of the page cache that are charged to it
/// @param diskTotal bytes of disk that it may use
/// @param diskUsed bytes of disk in use
public record Usage(Instant time, int cpuCount, double cpuUsedPct, long memoryTotal, long memoryUsed, long memoryCache,
        long diskTotal, long diskUsed) {}
