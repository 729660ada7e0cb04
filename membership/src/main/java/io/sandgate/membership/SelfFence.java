package io.sandgate.membership;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/// The doubt of a replica in its own view of the others: unfenced -> fenced -> unfenced, again and again.
///
/// Implementation note. A replica that was paused wakes up with the view that it had, and nobody tells it for seconds that
/// the others went on without it. It finds out by itself: each of the membership's loops ticks, and a tick that comes far
/// too late means that the loop did not run. The same holds for a replica that runs and hears less than half of its view,
/// itself among them, as the smaller side of a cut does before its view changes. Whoever asks how things stand looks at
/// the clock himself, so that nothing that runs between the waking and the first tick can act on the old view. What the
/// others said meanwhile is no sign that they are there: [Vitals] waits for something newer, and the fence for [Vitals].
///
/// A view becomes the last stable one when it has been the same for one window and at most half of the former one is
/// missing. So a replica that lost more than that measures itself against what was before for as long as they are away,
/// while members that drained and left are not waited for. May be used from any thread.
final class SelfFence {

    /// Why a replica fences itself.
    enum Cause {
        /// A loop did not run.
        PAUSED("paused"),
        /// It does not hear half of its view.
        CUT_OFF("cut_off");

        private final String tag;

        Cause(String tag) {
            this.tag = tag;
        }

        /// The value of the metric's tag.
        String tag() {
            return tag;
        }
    }

    /// One time that a replica fenced itself.
    record Fencing(Cause cause, String because) {}

    /// Hears of the fence, with its lock held: hands on and returns.
    interface Listener {
        void fenced(Fencing fencing);

        /// It was told too early that this replica has reconciled: the others were silent still. Now they are heard.
        void heardAgain();
    }

    private final Vitals vitals;
    private final LongSupplier nanoTime;
    private final Duration longestGap;
    private final Duration longestSilence;
    private final Listener listener;
    private final List<Pulse> pulses = new ArrayList<>();
    private Set<String> others = Set.of();
    private final Set<String> stable = new HashSet<>();
    private String because = "";
    private long fencedAt;
    private boolean toldTooEarly;
    private long settledSince;

    SelfFence(Vitals vitals, ClusterTimers timers, LongSupplier nanoTime, Listener listener) {
        this.vitals = vitals;
        this.nanoTime = nanoTime;
        this.longestGap = longestGap(timers);
        this.longestSilence = longer(timers.failureTimeout(), timers.routable());
        this.listener = listener;
        this.settledSince = nanoTime.getAsLong();
    }

    /// How often each loop ticks.
    static Duration tick(ClusterTimers timers) {
        return timers.failureTimeout().dividedBy(8);
    }

    private static Duration longestGap(ClusterTimers timers) {
        return timers.failureTimeout().dividedBy(2);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /// What a loop runs with each tick, from now on.
    synchronized Runnable pulse() {
        Pulse pulse = new Pulse(nanoTime.getAsLong());
        pulses.add(pulse);
        return () -> tick(pulse);
    }

    private synchronized void tick(Pulse pulse) {
        check();
        pulse.last = nanoTime.getAsLong();
    }

    /// The members changed, or the view that they are in.
    ///
    /// @param now the other visible members
    /// @param left those that announced that they drain and left
    synchronized void viewChanged(Collection<String> now, Collection<String> left) {
        settle();
        others = Set.copyOf(now);
        stable.removeAll(left);
        settledSince = nanoTime.getAsLong();
    }

    /// Fences this replica if there is a reason.
    synchronized void check() {
        long now = nanoTime.getAsLong();
        for (Pulse pulse : pulses) {
            long gap = now - pulse.last;
            if (gap > longestGap.toNanos()) {
                pulse.last = now;
                vitals.listensAnew();
                fence(Cause.PAUSED, "it did not run for " + Duration.ofNanos(gap).toMillis() + " ms");
            }
        }
        if (isCutOff()) {
            fence(Cause.CUT_OFF, "it heard " + heard() + " of " + (others.size() + 1)
                    + " members, itself among them, within " + longestSilence.toMillis() + " ms");
        } else if (toldTooEarly) {
            toldTooEarly = false;
            listener.heardAgain();
        }
        settle();
    }

    /// This replica has compared what it has with the others: it goes on, if it hears them. If it does not yet, what it
    /// compared may change before it does.
    synchronized void reconciled() {
        check();
        if (because.isEmpty()) {
            return;
        }
        if (isCutOff()) {
            toldTooEarly = true;
            return;
        }
        because = "";
        settledSince = nanoTime.getAsLong();
    }

    private boolean isCutOff() {
        return heard() * 2 < others.size() + 1;
    }

    private int heard() {
        return vitals.heardWithin(longestSilence) + 1;
    }

    /// How long this replica has been fenced; zero when it is not.
    synchronized Duration fencedFor() {
        return because.isEmpty() ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - fencedAt);
    }

    synchronized Standing standing(boolean probesPass) {
        check();
        Duration settled = because.isEmpty() ? Duration.ofNanos(nanoTime.getAsLong() - settledSince) : Duration.ZERO;
        return new Standing(!because.isEmpty(), because, settled, stable.size() + 1, stable.size() + 1 - missing(),
                probesPass);
    }

    private int missing() {
        int missing = 0;
        for (String id : stable) {
            if (!others.contains(id)) {
                missing++;
            }
        }
        return missing;
    }

    private void settle() {
        boolean settled = because.isEmpty()
                && nanoTime.getAsLong() - settledSince >= SweepRule.WINDOW.toNanos();
        if (settled && !SweepRule.isTooMany(missing(), stable.size() + 1)) {
            stable.clear();
            stable.addAll(others);
        }
    }

    private void fence(Cause cause, String why) {
        if (because.isEmpty()) {
            because = why;
            fencedAt = nanoTime.getAsLong();
            listener.fenced(new Fencing(cause, why));
        }
    }

    private static final class Pulse {
        private long last;

        Pulse(long last) {
            this.last = last;
        }
    }
}
