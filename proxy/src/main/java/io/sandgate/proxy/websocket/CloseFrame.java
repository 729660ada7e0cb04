package io.sandgate.proxy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// The frame that ends a WebSocket with status 1001, going away (RFC 6455, 7.4.1): whoever is behind this side stops or is
/// gone.
public final class CloseFrame {
    private static final int HEAD = 0x88;
    private static final int MASKED = 0x80;
    private static final int STATUS = 1001;
    private static final int STATUS_BYTES = 2;
    private static final int LONGEST = 8;

    private CloseFrame() {}

    /// As a server sends it.
    public static ByteBuf toClient(ByteBufAllocator allocator) {
        return allocator.directBuffer(LONGEST).writeByte(HEAD).writeByte(STATUS_BYTES).writeShort(STATUS);
    }

    /// As a client sends it.
    ///
    /// @param key which masks it: any
    public static ByteBuf toServer(ByteBufAllocator allocator, int key) {
        return allocator.directBuffer(LONGEST).writeByte(HEAD).writeByte(MASKED | STATUS_BYTES).writeInt(key)
                .writeShort(STATUS ^ (key >>> 16));
    }
}
