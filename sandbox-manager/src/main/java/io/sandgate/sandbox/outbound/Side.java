package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// One end of a connection: the sandbox' or the server's. Each read has a bound, that of the silence of both ends together
/// or, while it is hurried, a moment.
final class Side {

    /// After so long a read looks again how long it may take.
    private static final long GLANCE = TimeUnit.SECONDS.toNanos(30);
    /// How long the other direction may be silent when one has ended, as in the kernel's own tables.
    private static final Duration LINGERING = Duration.ofMinutes(2);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Pulse pulse;
    private boolean hurried;
    private long deadline;

    Side(Socket socket, Pulse pulse) throws IOException {
        this.socket = socket;
        this.pulse = pulse;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
        // one that is gone without a word would be waited for until the silence is over
        socket.setKeepAlive(true);
    }

    /// Bounds the reads from here on, together.
    void hurry(Duration time) {
        hurried = true;
        deadline = pulse.now() + time.toNanos();
    }

    void relax() {
        hurried = false;
    }

    /// Some bytes; negative at the end.
    ///
    /// @throws Refusal LATE when it was hurried and took too long
    int read(byte[] bytes, int offset, int length) throws IOException, Refusal {
        OptionalInt read = OptionalInt.empty();
        while (read.isEmpty()) {
            long left = hurried ? deadline - pulse.now() : pulse.left();
            if (left <= 0) {
                if (hurried) {
                    throw new Refusal(Reason.LATE, "it did not say in time for whom it is");
                }
                throw new IOException("nothing was said for too long");
            }
            read = tryRead(bytes, offset, length, left);
        }
        pulse.beat();
        return read.getAsInt();
    }

    /// Nothing when it took too long, while the other end may have said something.
    private OptionalInt tryRead(byte[] bytes, int offset, int length, long left) throws IOException {
        socket.setSoTimeout(Math.toIntExact(TimeUnit.NANOSECONDS.toMillis(Math.min(left, GLANCE)) + 1));
        try {
            return OptionalInt.of(in.read(bytes, offset, length));
        } catch (SocketTimeoutException e) {
            return OptionalInt.empty();
        }
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        pulse.beat();
    }

    /// Says that nothing more comes.
    void finish() throws IOException {
        pulse.shorten(LINGERING);
        socket.shutdownOutput();
    }
}
