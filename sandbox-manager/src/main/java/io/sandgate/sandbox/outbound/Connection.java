package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.driver.Ipv4Range;
import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection that a sandbox began: it says for whom it is, and when that may be, what comes goes on to there and back,
/// as fast as the slower end takes it. When one end has said all, the other is told so and may go on; when one breaks, the
/// other is broken too and never ended as if all had been said.
///
/// Two virtual threads block in it: the one that runs it, from the sandbox to the server, and one for the way back.
final class Connection implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private static final int PIECE = 16 * 1024;

    private final Caller caller;
    private final Protocol protocol;
    private final Socket client;
    private final Ground ground;
    private final Pulse pulse;
    private volatile @Nullable String host;
    private volatile @Nullable Socket server;
    private volatile boolean over;

    /// What all connections share.
    ///
    /// @param nanos a clock for durations
    /// @param refused counts
    record Ground(NameLookup names, Dialer dialer, OutboundRelay.Limits limits, LongSupplier nanos,
            Consumer<Reason> refused) {}

    Connection(Caller caller, Protocol protocol, Socket client, Ground ground) {
        this.caller = caller;
        this.protocol = protocol;
        this.client = client;
        this.ground = ground;
        this.pulse = new Pulse(ground.nanos(), ground.limits().idle());
    }

    @Override
    public void run() {
        try {
            Side side = new Side(client, pulse);
            side.hurry(ground.limits().opening());
            Intake intake = new Intake(side);
            switch (protocol) {
                case TLS -> {
                    Side there = reach(ClientHello.name(intake));
                    side.relax();
                    relay(side, there, new Switch(), () -> Requests.passAll(intake, there));
                }
                case HTTP -> {
                    RequestHead first = RequestHead.take(intake);
                    Side there = reach(first.host());
                    side.relax();
                    Switch answer = new Switch();
                    relay(side, there, answer,
                            () -> new Requests(intake, ground.limits().opening(), answer).pass(first, there));
                }
            }
        } catch (Refusal e) {
            ground.refused().accept(e.reason());
            log.debug("outbound.refused sandbox={} protocol={} reason={} detail=\"{}\"", client.getInetAddress(),
                    protocol, e.reason(), e.getMessage());
        } catch (IOException e) {
            log.debug("outbound.broken sandbox={} protocol={} host={} reason={}", client.getInetAddress(), protocol,
                    host, e.toString());
        } finally {
            abort();
        }
    }

    /// The way from the sandbox to the server.
    @FunctionalInterface
    private interface Passage {
        void pass() throws IOException, Refusal;
    }

    private void relay(Side side, Side there, Switch answer, Passage passage) throws IOException, Refusal {
        Thread back = Thread.ofVirtual().name("outbound-back").start(() -> back(there, side, answer));
        try {
            passage.pass();
            there.finish();
        } catch (IOException | Refusal e) {
            abort();
            throw e;
        } finally {
            join(back);
        }
        // both have said all
        over = true;
        close(client);
        close(server);
    }

    private void back(Side there, Side side, Switch answer) {
        byte[] piece = new byte[PIECE];
        try {
            for (int count = there.read(piece, 0, PIECE); count >= 0; count = there.read(piece, 0, PIECE)) {
                answer.said(piece, count);
                side.write(piece, 0, count);
            }
            side.finish();
        } catch (IOException | Refusal e) {
            log.debug("outbound.broken sandbox={} protocol={} host={} reason={}", client.getInetAddress(), protocol,
                    host, e.toString());
            abort();
        } finally {
            answer.ended();
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Connects to one of the addresses that a name has, if it is allowed. Which one the sandbox had for it does not matter.
    private Side reach(String said) throws IOException, Refusal {
        String name = said.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        host = name;
        if (!caller.allows(name)) {
            throw new Refusal(Reason.NOT_ALLOWED, "allowOut does not name " + name);
        }
        List<Inet4Address> addresses;
        try {
            addresses = ground.names().find(name);
        } catch (IOException e) {
            throw new Refusal(Reason.NOT_FOUND, String.valueOf(e.getMessage()));
        }
        Socket socket;
        try {
            socket = ground.dialer().dial(addresses, protocol.port());
        } catch (IOException e) {
            throw new Refusal(Reason.NOT_CONNECTED, name + " at " + addresses + ": " + e.getMessage());
        }
        server = socket;
        if (over) {
            close(socket);
            throw new IOException("it was ended meanwhile");
        }
        return new Side(socket, pulse);
    }

    /// Whether it may go on under these rules; as long as nobody knows for whom it is, it may.
    boolean isWithin(Egress egress) {
        String name = host;
        Socket there = server;
        return name == null || egress.names(name)
                || (there != null && egress.reaches(Ipv4Range.parse(there.getInetAddress().getHostAddress())));
    }

    /// Breaks it off, where it is not over yet.
    void abort() {
        if (!over) {
            over = true;
            reset(client);
            reset(server);
        }
    }

    private static void reset(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        } catch (IOException e) {
            log.trace("outbound.not-reset reason={}", e.toString());
        }
    }

    private static void close(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            log.trace("outbound.not-closed reason={}", e.toString());
        }
    }
}
