package io.sandgate.e2e.bench;

import io.vertx.core.json.JsonObject;

/// What one run of the load generator measured.
///
/// @param answers good ones in the time that was measured
/// @param forsaken requests that were given up, as they were to be
/// @param seconds how long that was
/// @param bytes of bodies and messages, both ways
/// @param failures other statuses than 200, connections that were lost with a request, answers of a wrong length
/// @param mixedUp answers with what belongs to another request
/// @param proxySeconds of processor time, user and system
/// @param otherSideSeconds of processor time of the load generator and the sandboxes
/// @param p50 microseconds
/// @param p99 microseconds
/// @param p999 microseconds
/// @param otherCores how many cores were busy with what is none of this benchmark's
/// @param stolenCores how many cores the machine's host kept back
record LoadResult(long answers, long forsaken, double seconds, long bytes, long failures, long mixedUp,
        double proxySeconds,
        double otherSideSeconds, double p50, double p99, double p999, double otherCores, double stolenCores) {

    private static final double GIB = 1L << 30;

    static LoadResult of(JsonObject result) {
        return new LoadResult(result.getLong("answers"), result.getLong("forsaken"), result.getDouble("seconds"),
                result.getLong("bytes"),
                result.getLong("badStatus") + result.getLong("cutOff"), result.getLong("mixedUp"),
                result.getDouble("proxySeconds"), result.getDouble("upstreamSeconds") + result.getDouble("loadSeconds"),
                result.getDouble("p50"), result.getDouble("p99"),
                result.getDouble("p999"), result.getDouble("otherCores"), result.getDouble("stolenCores"));
    }

    /// Processor time of the proxy for one request or message, in microseconds.
    double microsPerAnswer() {
        return 1e6 * proxySeconds / answers;
    }

    /// Processor time of the load generator and the sandboxes for one request or message, in microseconds.
    double otherMicrosPerAnswer() {
        return 1e6 * otherSideSeconds / answers;
    }

    /// Processor time of the proxy for one GiB of bodies, in seconds.
    double secondsPerGib() {
        return proxySeconds / (bytes / GIB);
    }

    double gibPerSecond() {
        return bytes / GIB / seconds;
    }

    double answersPerSecond() {
        return answers / seconds;
    }
}
