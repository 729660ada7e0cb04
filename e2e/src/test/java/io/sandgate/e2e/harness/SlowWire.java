package io.sandgate.e2e.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A relay before a listener that hands each byte on later, in both directions; it runs beside the bridge.
///
/// It knows nothing of what it relays, so that mutual TLS goes through it. It ends with its standard input.
public final class SlowWire implements AutoCloseable {

    private static final int CHUNK = 16_384;
    private static final int CHUNKS = 1_024;

    private static volatile long delayNanos;

    private final NetworkNamespaces network;
    private @Nullable Process process;

    private record Part(ByteBuffer bytes, long due) {}

    /// One that relays nothing yet.
    public SlowWire(NetworkNamespaces network) {
        this.network = network;
    }

    /// Starts relaying to the peer listener of a replica, without a delay until one is set.
    ///
    /// @return the plan of the replica, whose peers come through here
    public ReplicaPlan before(ReplicaPlan plan) {
        String port = Integer.toString(FreePorts.take());
        List<String> command = new ArrayList<>(network.besideTheBridge());
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp", classes(), SlowWire.class.getName(),
                network.addressBesideTheBridge(), port, plan.host().data(), Integer.toString(plan.peerPort())));
        try {
            process = Program.process(command).redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
        return plan.with("peer.advertise", network.addressBesideTheBridge() + ":" + port);
    }

    private static String classes() {
        try {
            return Path.of(SlowWire.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// From now on each byte takes so much longer in each direction.
    public void delay(int millis) {
        if (process == null) {
            throw new IllegalStateException("nothing is relayed");
        }
        try {
            process.getOutputStream().write((millis + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the relay is gone", e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /// The relay itself.
    ///
    /// @param arguments its address and port, and those of the target
    public static void main(String[] arguments) throws IOException {
        InetSocketAddress target = new InetSocketAddress(arguments[2], Integer.parseInt(arguments[3]));
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]), 64,
                InetAddress.getByName(arguments[0]))) {
            Thread.ofVirtual().start(() -> accept(server, target));
            BufferedReader told = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = told.readLine(); line != null; line = told.readLine()) {
                delayNanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(line));
            }
        }
    }

    private static void accept(ServerSocket server, InetSocketAddress target) {
        while (!server.isClosed()) {
            try {
                Socket from = server.accept();
                Thread.ofVirtual().start(() -> relay(from, target));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void relay(Socket from, InetSocketAddress target) {
        Socket to = new Socket();
        try {
            to.connect(target, 2_000);
            from.setTcpNoDelay(true);
            to.setTcpNoDelay(true);
            pump(from, to);
            pump(to, from);
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private static void pump(Socket from, Socket to) {
        BlockingQueue<Part> parts = new ArrayBlockingQueue<>(CHUNKS);
        Thread.ofVirtual().start(() -> read(from, parts));
        Thread.ofVirtual().start(() -> write(parts, to));
    }

    private static void read(Socket from, BlockingQueue<Part> parts) {
        byte[] buffer = new byte[CHUNK];
        try {
            int length = 0;
            while (length >= 0) {
                try {
                    InputStream in = from.getInputStream();
                    length = in.read(buffer);
                } catch (IOException e) {
                    length = -1;
                }
                // an empty part is the end
                parts.put(new Part(ByteBuffer.wrap(Arrays.copyOf(buffer, Math.max(0, length))),
                        System.nanoTime() + delayNanos));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(BlockingQueue<Part> parts, Socket to) {
        try {
            WritableByteChannel out = Channels.newChannel(to.getOutputStream());
            for (Part part = parts.take(); part.bytes.hasRemaining(); part = parts.take()) {
                TimeUnit.NANOSECONDS.sleep(part.due - System.nanoTime());
                out.write(part.bytes);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed as far as it can be
        }
    }
}
