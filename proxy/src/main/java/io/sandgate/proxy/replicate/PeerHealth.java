package io.sandgate.proxy.replicate;

/// What this replica thinks of one peer, from its answers alone: healthy -> doubted -> slow, and back to healthy with
/// the first answer in time.
///
/// A doubted peer has let one request become late or fail; it still counts towards slow, and already nobody waits for
/// it. Changed on the loop; may be read from any thread.
final class PeerHealth {
    private final int slowAfter;
    private volatile int misses;

    PeerHealth(int slowAfter) {
        this.slowAfter = slowAfter;
    }

    /// An answer arrived in time.
    ///
    /// @return whether the peer was slow until now
    boolean answered() {
        boolean wasSlow = isSlow();
        misses = 0;
        return wasSlow;
    }

    /// A request failed, or its answer is late.
    ///
    /// @return whether the peer is slow from now on
    boolean missed() {
        boolean wasSlow = isSlow();
        misses = wasSlow ? slowAfter : misses + 1;
        return !wasSlow && isSlow();
    }

    /// Whether a caller may wait for it.
    boolean isAwaited() {
        return misses == 0;
    }

    /// Whether it is only probed.
    boolean isSlow() {
        return misses >= slowAfter;
    }
}
