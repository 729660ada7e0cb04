package io.sandgate.api.stream;

import io.netty.channel.epoll.EpollSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClientOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;

/// A client of server-sent events over a link that can be cut: from then on nothing that is sent to it is acknowledged, and
/// nobody says that it has gone.
final class DeadLink implements AutoCloseable {
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    /// A filter of one instruction: return 0, which is how much of a packet is let through.
    private static final short RETURN = 6;

    private final NetSocketInternal socket;

    private DeadLink(NetSocketInternal socket) {
        this.socket = socket;
    }

    /// Returns when it has got the word.
    static DeadLink eventStream(Vertx vertx, int port, String uri, String word) {
        var socket = (NetSocketInternal) vertx.createNetClient(new NetClientOptions()).connect(port, "127.0.0.1")
                .await();
        CompletableFuture<Void> heard = new CompletableFuture<>();
        StringBuilder all = new StringBuilder();
        socket.handler(bytes -> {
            if (all.append(bytes).indexOf(word) >= 0) {
                heard.complete(null);
            }
        });
        socket.write(Buffer.buffer("GET " + uri + " HTTP/1.1\r\nHost: x\r\n\r\n")).await();
        heard.join();
        return new DeadLink(socket);
    }

    @SuppressWarnings("restricted")
    void cut() throws Throwable {
        int descriptor = ((EpollSocketChannel) socket.channelHandlerContext().channel()).fd().intValue();
        Linker linker = Linker.nativeLinker();
        var setsockopt = linker.downcallHandle(linker.defaultLookup().findOrThrow("setsockopt"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = arena.allocate(8);
            filter.set(ValueLayout.JAVA_SHORT, 0, RETURN);
            MemorySegment program = arena.allocate(16, 8);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
            program.set(ValueLayout.ADDRESS, 8, filter);
            int failed = (int) setsockopt.invokeExact(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, 16);
            if (failed != 0) {
                throw new IllegalStateException("the filter was refused");
            }
        }
    }

    @Override
    public void close() {
        socket.close().await();
    }
}
