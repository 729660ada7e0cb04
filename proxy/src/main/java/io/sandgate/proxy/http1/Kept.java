package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;

/// Says which field lines pass.
@FunctionalInterface
public interface Kept {
    /// Whether a line passes.
    boolean keeps(FieldLines fields, int line);

    /// Writes the lines that pass, each run of neighbours at once.
    static void write(FieldLines fields, byte[] bytes, Kept kept, ByteBuf out) {
        int from = -1;
        for (int line = 0; line < fields.size(); line++) {
            if (kept.keeps(fields, line)) {
                if (from < 0) {
                    from = fields.start(line);
                }
            } else if (from >= 0) {
                out.writeBytes(bytes, from, fields.start(line) - from);
                from = -1;
            }
        }
        if (from >= 0) {
            out.writeBytes(bytes, from, fields.end(fields.size() - 1) - from);
        }
    }
}
