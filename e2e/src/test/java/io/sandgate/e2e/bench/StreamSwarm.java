package io.sandgate.e2e.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Many WebSockets that one thread reads at hardly any cost: it counts the messages, and looks into those of a few.
///
/// [#open] is for one thread at a time; what is counted may be asked for by any.
final class StreamSwarm implements AutoCloseable {

    private static final int BUFFER = 256 * 1024;
    private static final String UPGRADE = """
            Host: 127.0.0.1\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
            """;

    private final int port;
    private final String headers;
    private final Consumer<byte[]> messages;
    private final Selector selector;
    private final Thread thread;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final ConcurrentLinkedQueue<Member> added = new ConcurrentLinkedQueue<>();
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private volatile boolean closing;

    private record Member(SocketChannel channel, FrameReader reader) {}

    /// @param headers sent with each opening request, each ended by `\r\n`
    /// @param messages gets the messages of those that are looked into, on the swarm's thread
    StreamSwarm(int port, String headers, Consumer<byte[]> messages) {
        this.port = port;
        this.headers = headers;
        this.messages = messages;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = Thread.ofPlatform().daemon().name("stream-swarm").start(this::run);
    }

    /// Opens one.
    ///
    /// @param lookedInto whether its messages are given on
    void open(String path, boolean lookedInto) {
        SocketChannel channel = connect(path, 0);
        added.add(new Member(channel, new FrameReader(lookedInto)));
        selector.wakeup();
    }

    /// Opens one that is never read.
    void openStalled(String path) {
        connect(path, 16 * 1024);
    }

    private SocketChannel connect(String path, int receiveBuffer) {
        try {
            SocketChannel channel = SocketChannel.open();
            channels.add(channel);
            if (receiveBuffer > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
            }
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.write(ByteBuffer.wrap(request(path).getBytes(StandardCharsets.US_ASCII)));
            String head = head(channel);
            if (!head.startsWith("HTTP/1.1 101")) {
                throw new AssertionError(path + " answered " + head + " (expected: 101)");
            }
            channel.configureBlocking(false);
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private String request(String path) {
        return "GET " + path + " HTTP/1.1\r\n" + UPGRADE + headers + "\r\n";
    }

    /// Byte by byte, since what follows is for the thread that reads.
    private static String head(SocketChannel channel) throws IOException {
        StringBuilder head = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            if (channel.read(one.clear()) < 0) {
                throw new EOFException("the connection was closed after " + head);
            }
            head.append((char) one.get(0));
        }
        return head.toString();
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try {
            while (!closing) {
                selector.select();
                for (Member member = added.poll(); member != null; member = added.poll()) {
                    member.channel().register(selector, SelectionKey.OP_READ, member);
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    read(key, buffer);
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(SelectionKey key, ByteBuffer buffer) {
        Member member = (Member) key.attachment();
        long framesBefore = member.reader().frames();
        long bytesBefore = member.reader().bytes();
        int count = -1;
        try {
            count = member.channel().read(buffer.clear());
            member.reader().read(buffer.flip(), messages, ping -> pong(member.channel(), ping));
        } catch (IOException e) {
            // as if it had ended
        }
        frames.addAndGet(member.reader().frames() - framesBefore);
        bytes.addAndGet(member.reader().bytes() - bytesBefore);
        if (count < 0 || member.reader().isClosed()) {
            key.cancel();
            ended.incrementAndGet();
        }
    }

    private static void pong(SocketChannel channel, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(6 + payload.length);
        frame.put((byte) 0x8a).put((byte) (0x80 | payload.length)).putInt(0).put(payload);
        try {
            channel.write(frame.flip());
        } catch (IOException e) {
            // the next read says so
        }
    }

    /// How many messages came to all together.
    long frames() {
        return frames.get();
    }

    /// Their bytes, with the heads of the frames.
    long bytes() {
        return bytes.get();
    }

    /// How many the server ended.
    long ended() {
        return ended.get();
    }

    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join();
            for (SocketChannel channel : channels) {
                channel.close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
