package io.sandgate.e2e.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports of loopback that nothing listens on.
///
/// They lie below the range from which kernels pick the ports of outgoing connections, so that a port stays free while
/// its replica is down; each is given out once, and none that is for another JVM of the same run.
public final class FreePorts {

    private static final int ALL = 16_000;
    private static final int LOWEST = 15_000 + MachineShare.first(ALL);
    private static final int COUNT = MachineShare.size(ALL);
    private static final AtomicInteger next = new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePorts() {}

    /// One port.
    public static int take() {
        for (int tried = 0; tried < COUNT; tried++) {
            int port = LOWEST + Math.floorMod(next.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + LOWEST + " to " + (LOWEST + COUNT - 1));
    }

    /// So many ports that follow each other.
    public static int takeRow(int length) {
        List<Integer> row = new ArrayList<>();
        while (row.size() < length) {
            int port = take();
            if (!row.isEmpty() && row.getLast() != port - 1) {
                row.clear();
            }
            row.add(port);
        }
        return row.getFirst();
    }

    /// Whether nothing listens on the port of 127.0.0.1.
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
