package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.io.IOException;

/// What came from a sandbox and was not passed on yet, as far as it must be looked at.
final class Intake {

    /// What a beginning may take: browsers send heads of some KiB, and keys of the newest kinds take two.
    static final int LARGEST = 32 * 1024;

    private final Side side;
    private final byte[] bytes = new byte[LARGEST];
    private int from;
    private int to;

    Intake(Side side) {
        this.side = side;
    }

    int size() {
        return to - from;
    }

    /// One of them, as a number from 0 to 255.
    int at(int index) {
        return bytes[from + index] & 0xff;
    }

    /// Waits until there are so many.
    ///
    /// @throws Refusal UNCLEAR when it ends before
    void need(int count) throws IOException, Refusal {
        while (size() < count) {
            if (!more()) {
                throw new Refusal(Reason.UNCLEAR, "it ended before it said for whom it is");
            }
        }
    }

    /// Waits for more of them; false at the end.
    ///
    /// @throws Refusal TOO_LARGE when there is no room
    boolean more() throws IOException, Refusal {
        if (from == to) {
            from = 0;
            to = 0;
        } else if (to == bytes.length && from > 0) {
            System.arraycopy(bytes, from, bytes, 0, size());
            to -= from;
            from = 0;
        }
        if (to == bytes.length) {
            throw new Refusal(Reason.TOO_LARGE, "it takes more than " + LARGEST + " bytes to say for whom it is");
        }
        int read = side.read(bytes, to, bytes.length - to);
        to += Math.max(0, read);
        return read >= 0;
    }

    /// Takes some of them out.
    byte[] take(int count) {
        byte[] taken = new byte[count];
        System.arraycopy(bytes, from, taken, 0, count);
        from += count;
        return taken;
    }

    /// Passes on as many as are there, at most so many.
    ///
    /// @return how many that were
    int pass(Side server, long most) throws IOException {
        int count = (int) Math.min(size(), most);
        server.write(bytes, from, count);
        from += count;
        return count;
    }

    Side side() {
        return side;
    }
}
