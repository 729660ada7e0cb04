package io.sandgate.e2e.bench;

import java.util.function.DoubleSupplier;

/// What arrives at all stub peers together: counted as it begins and ends, and the sender's own gauge looked at each time.
///
/// A request that the sender gave up counts until its peer has dealt with it, so a peer that lags sees more in flight than
/// the sender has. Confined to the stubs' event loop.
final class Traffic {

    private final DoubleSupplier gauge;
    private int inFlight;
    private int mostInFlight;
    private double highestGauge;

    /// @param gauge what the sender says of its requests in flight
    Traffic(DoubleSupplier gauge) {
        this.gauge = gauge;
    }

    void began() {
        mostInFlight = Math.max(mostInFlight, ++inFlight);
        highestGauge = Math.max(highestGauge, gauge.getAsDouble());
    }

    void ended() {
        inFlight--;
    }

    int mostInFlight() {
        return mostInFlight;
    }

    double highestGauge() {
        return highestGauge;
    }
}
