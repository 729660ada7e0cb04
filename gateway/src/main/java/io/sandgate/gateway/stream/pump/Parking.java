package io.sandgate.gateway.stream.pump;

import io.sandgate.proxy.replicate.Loop;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// The pumps of one loop that are at the tip. An append costs one look at a flag, and at most one task for all of them.
///
/// The flag goes IDLE → ARMED when a pump parks, ARMED → DUE by the first append, DUE → IDLE when the task begins. Who parks
/// while a task is due is woken by it: the task runs on the same loop, later. Who parks otherwise arms the flag, then looks
/// at the tip again; who appends moves the tip, then looks at the flag. One of the two sees the other, given a full fence
/// between the two steps on both sides.
///
/// All methods but [#appended] belong to the loop.
public final class Parking {
    private static final int IDLE = 0;
    private static final int ARMED = 1;
    private static final int DUE = 2;
    /// Woken in one task, after which the loop does other things.
    private static final int SLICE = 256;

    private final Loop loop;
    private final long spacing;
    private final AtomicInteger flag = new AtomicInteger(IDLE);
    private final List<Pump> parked = new ArrayList<>();
    private final Queue<Pump> woken = new ArrayDeque<>();
    private boolean slicing;
    private long last;

    /// @param spacing between two wakes at least: so what is appended fast is written in batches
    public Parking(Loop loop, Duration spacing) {
        this.loop = loop;
        this.spacing = spacing.toNanos();
        this.last = loop.nanoTime() - this.spacing;
    }

    /// To be called after each move of the tip, from any thread.
    public void appended() {
        VarHandle.fullFence();
        if (flag.get() == ARMED && flag.compareAndSet(ARMED, DUE)) {
            try {
                loop.execute(this::due);
            } catch (RejectedExecutionException e) {
                // the loop has ended, and with it all that could be woken
                flag.set(IDLE);
            }
        }
    }

    /// From now on the pump is woken by the next append. It has to look at the tip again before it rests.
    void park(Pump pump) {
        pump.seat(parked.size());
        parked.add(pump);
        flag.compareAndSet(IDLE, ARMED);
        VarHandle.fullFence();
    }

    /// The pump at that seat goes on by itself.
    void unpark(int seat) {
        Pump moved = parked.removeLast();
        if (seat < parked.size()) {
            parked.set(seat, moved);
            moved.seat(seat);
        }
    }

    private void due() {
        long rest = last + spacing - loop.nanoTime();
        if (rest > 0) {
            loop.after(Duration.ofNanos(rest), this::wake);
        } else {
            wake();
        }
    }

    private void wake() {
        last = loop.nanoTime();
        // before any of them reads: what is appended after that has to arm another task
        flag.set(IDLE);
        parked.forEach(pump -> pump.seat(Pump.NOT_PARKED));
        woken.addAll(parked);
        parked.clear();
        if (!slicing) {
            slice();
        }
    }

    private void slice() {
        for (int i = 0; i < SLICE && !woken.isEmpty(); i++) {
            woken.remove().woken();
        }
        slicing = !woken.isEmpty();
        if (slicing) {
            loop.execute(this::slice);
        }
    }
}
