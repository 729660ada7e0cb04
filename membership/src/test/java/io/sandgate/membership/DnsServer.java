package io.sandgate.membership;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A DNS server on loopback that answers with what it was told, with garbage, or not at all.
final class DnsServer implements AutoCloseable {
    private static final int A = 1;
    private static final int SRV = 33;

    /// How it answers.
    enum Mood {
        TRUTH, GARBAGE, CUT_OFF, SILENCE
    }

    private final DatagramSocket socket;
    private final Map<String, List<Endpoint>> records = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Mood mood = Mood.TRUTH;

    DnsServer() throws SocketException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().start(this::serve);
    }

    Endpoint endpoint() {
        return new Endpoint("127.0.0.1", socket.getLocalPort());
    }

    /// What the name stands for from now on; nothing for a name that is none. `h1.test` is always 127.0.0.1, and so on.
    void put(String name, List<Endpoint> members) {
        records.put(name, members);
    }

    void answers(Mood next) {
        mood = next;
    }

    int asked() {
        return asked.get();
    }

    private void serve() {
        byte[] buffer = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket question = new DatagramPacket(buffer, buffer.length);
                socket.receive(question);
                asked.incrementAndGet();
                byte[] answer = answer(Arrays.copyOf(buffer, question.getLength()));
                if (answer.length > 0) {
                    socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
                }
            } catch (IOException e) {
                // the next question, if it is not closed
            }
        }
    }

    private byte[] answer(byte[] question) throws IOException {
        byte[] whole = truth(question);
        return switch (mood) {
            case TRUTH -> whole;
            case GARBAGE -> {
                byte[] garbage = new byte[whole.length + 40];
                Arrays.fill(garbage, (byte) 0xff);
                // as if it were an answer to the question
                System.arraycopy(whole, 0, garbage, 0, 2);
                garbage[2] = (byte) 0x81;
                garbage[3] = (byte) 0x80;
                yield garbage;
            }
            case CUT_OFF -> Arrays.copyOf(whole, 14);
            case SILENCE -> new byte[0];
        };
    }

    private byte[] truth(byte[] question) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = 12;
        for (int length = question[at]; length != 0; length = question[at]) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(question, at + 1, length, StandardCharsets.US_ASCII));
            at += length + 1;
        }
        int kind = ByteBuffer.wrap(question).getShort(at + 1);
        List<Endpoint> members = members(name.toString().toLowerCase(Locale.ROOT), kind);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(question, 0, 2);
        out.writeShort(members.isEmpty() ? 0x8183 : 0x8180);
        out.writeShort(1);
        out.writeShort(members.size());
        out.writeInt(0);
        out.write(question, 12, at + 5 - 12);
        for (Endpoint member : members) {
            byte[] data = kind == A
                    ? InetAddress.getByName(member.host()).getAddress()
                    : service(member);
            out.writeShort(0xc00c);
            out.writeShort(kind);
            out.writeShort(1);
            out.writeInt(0);
            out.writeShort(data.length);
            out.write(data);
        }
        return bytes.toByteArray();
    }

    private List<Endpoint> members(String name, int kind) {
        if (kind == A && name.matches("h\\d+\\.test")) {
            return List.of(new Endpoint("127.0.0." + name.substring(1, name.indexOf('.')), 1));
        }
        return kind == A || kind == SRV ? records.getOrDefault(name, List.of()) : List.of();
    }

    private static byte[] service(Endpoint member) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(0);
        out.writeShort(1);
        out.writeShort(member.port());
        for (String label : List.of("h" + member.host().substring(member.host().lastIndexOf('.') + 1), "test")) {
            out.writeByte(label.length());
            out.writeBytes(label);
        }
        out.writeByte(0);
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
