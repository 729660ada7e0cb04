package io.sandgate.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/// Follows one body through the pieces in which it arrives, and finds where it ends. Used again for one after the other;
/// confined to one thread.
///
/// Chunk extensions are skipped in the sense of RFC 9112, 7.1.1: they may be there, in visible octets. Trailers are taken out
/// of the body for the one who asks for them.
public final class BodyFramer {
    /// So long a line of a chunk's size may be, with its extensions.
    private static final int LONGEST_SIZE_LINE = 256;
    /// So many bytes trailers may have.
    private static final int LONGEST_TRAILERS = 8 * 1024;
    private static final int MOST_SIZE_DIGITS = 15;

    private enum State {
        /// A number of bytes, or of a chunk.
        COUNTED, UNTIL_CLOSE, SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, LAST, LAST_LF, TRAILERS, COMPLETE, BROKEN
    }

    private State state = State.COMPLETE;
    private long left;
    private int digits;
    private int line;
    private byte[] trailers = new byte[0];
    private int trailersLength;
    private boolean trailersWhole;
    private boolean tooManyTrailers;
    private boolean chunked;

    /// Begins a body of that many bytes.
    public void length(long bytes) {
        begin(bytes == 0 ? State.COMPLETE : State.COUNTED);
        left = bytes;
    }

    /// Begins a body in chunks.
    public void chunked() {
        begin(State.SIZE);
        chunked = true;
    }

    /// Begins a body that ends with its connection.
    public void untilClose() {
        begin(State.UNTIL_CLOSE);
    }

    private void begin(State first) {
        state = first;
        chunked = false;
        left = 0;
        digits = 0;
        line = 0;
        trailersLength = 0;
        trailersWhole = false;
        tooManyTrailers = false;
    }

    public boolean isComplete() {
        return state == State.COMPLETE;
    }

    /// Whether the bytes are not framed as they should be; nothing after them can be told.
    public boolean isBroken() {
        return state == State.BROKEN;
    }

    /// Whether what broke the framing is the length or the number of the trailers.
    public boolean hasTooManyTrailers() {
        return tooManyTrailers;
    }

    public boolean isUntilClose() {
        return state == State.UNTIL_CLOSE;
    }

    public boolean isChunked() {
        return chunked;
    }

    /// How many bytes of a body of known length are still to come.
    public long left() {
        return state == State.COUNTED ? left : 0;
    }

    /// Takes in what is readable, up to the end of the body. The reader index is after what was taken; of that, the bytes
    /// before the returned position are to be passed on as they are, and after that are trailers. The octet that breaks
    /// the framing is not taken.
    public int advance(ByteBuf in) {
        int from = in.readerIndex();
        int to = in.writerIndex();
        return switch (state) {
            case COUNTED -> counted(in, from, to);
            case UNTIL_CLOSE -> {
                in.readerIndex(to);
                yield to;
            }
            case COMPLETE, BROKEN -> from;
            default -> chunks(in, from, to);
        };
    }

    /// Goes on to the next data, past what frames it.
    ///
    /// @return how many bytes of data are readable; 0 when there is none yet, or no more
    public int nextData(ByteBuf in) {
        while (in.isReadable() && state != State.COMPLETE && state != State.BROKEN) {
            if (state == State.UNTIL_CLOSE) {
                return in.readableBytes();
            } else if (state == State.DATA || state == State.COUNTED) {
                return (int) Math.min(left, in.readableBytes());
            } else if (state == State.TRAILERS) {
                trailers(in);
            } else {
                octet(in.getByte(in.readerIndex()));
                if (state != State.TRAILERS) {
                    in.skipBytes(1);
                }
            }
        }
        return 0;
    }

    /// Notes that so many bytes of data were read.
    public void dataRead(int bytes) {
        if (state == State.UNTIL_CLOSE) {
            return;
        }
        left -= bytes;
        if (left == 0) {
            state = state == State.COUNTED ? State.COMPLETE : State.DATA_CR;
        }
    }

    private int counted(ByteBuf in, int from, int to) {
        int taken = (int) Math.min(left, to - from);
        left -= taken;
        if (left == 0) {
            state = State.COMPLETE;
        }
        in.readerIndex(from + taken);
        return from + taken;
    }

    private int chunks(ByteBuf in, int from, int to) {
        int at = from;
        while (at < to && state != State.COMPLETE && state != State.BROKEN) {
            if (state == State.DATA) {
                int taken = (int) Math.min(left, to - at);
                left -= taken;
                at += taken;
                if (left == 0) {
                    state = State.DATA_CR;
                }
            } else if (state == State.TRAILERS) {
                in.readerIndex(at);
                trailers(in);
                return at;
            } else {
                octet(in.getByte(at));
                if (state != State.TRAILERS && state != State.BROKEN) {
                    at++;
                }
            }
        }
        in.readerIndex(at);
        return at;
    }

    /// One octet of what is around the chunks' data.
    private void octet(byte octet) {
        switch (state) {
            case SIZE -> size(octet);
            case EXTENSION -> {
                if (octet == Octets.CR) {
                    state = State.SIZE_LF;
                } else if (!Octets.isValue(octet) || ++line > LONGEST_SIZE_LINE) {
                    state = State.BROKEN;
                }
            }
            case SIZE_LF -> {
                digits = 0;
                line = 0;
                state = octet != Octets.LF ? State.BROKEN : left == 0 ? State.LAST : State.DATA;
            }
            case DATA_CR -> state = octet == Octets.CR ? State.DATA_LF : State.BROKEN;
            case DATA_LF -> state = octet == Octets.LF ? State.SIZE : State.BROKEN;
            case LAST -> state = octet == Octets.CR ? State.LAST_LF : State.TRAILERS;
            case LAST_LF -> state = octet == Octets.LF ? State.COMPLETE : State.BROKEN;
            default -> throw new IllegalStateException(state.name());
        }
    }

    private void size(byte octet) {
        int digit = Octets.hex(octet);
        if (digit >= 0 && digits < MOST_SIZE_DIGITS) {
            left = digits == 0 ? digit : left << 4 | digit;
            digits++;
        } else if (digits > 0 && octet == Octets.CR) {
            state = State.SIZE_LF;
        } else if (digits > 0 && octet == ';') {
            state = State.EXTENSION;
        } else {
            state = State.BROKEN;
        }
    }

    private void trailers(ByteBuf in) {
        while (in.isReadable() && state == State.TRAILERS) {
            if (trailersLength == LONGEST_TRAILERS) {
                state = State.BROKEN;
                tooManyTrailers = true;
                return;
            }
            if (trailersLength == trailers.length) {
                trailers = Arrays.copyOf(trailers, Math.max(256, trailers.length * 2));
            }
            byte octet = in.readByte();
            trailers[trailersLength++] = octet;
            if (octet == Octets.LF && endsTrailers()) {
                trailersWhole = true;
                state = State.COMPLETE;
            }
        }
    }

    private boolean endsTrailers() {
        int n = trailersLength;
        return n >= 4 && trailers[n - 2] == Octets.CR && trailers[n - 3] == Octets.LF && trailers[n - 4] == Octets.CR;
    }

    /// The trailers that came, once, and when they are whole: they stand where the body's last line, an empty one, should be
    /// passed on.
    ///
    /// @param lines takes them
    /// @return whether there are any; broken ones are none, and make the body so
    public boolean takeTrailers(FieldLines lines) {
        if (!trailersWhole) {
            return false;
        }
        trailersWhole = false;
        String wrong = lines.parse(trailers, 0, trailersLength - 2);
        if (wrong != null) {
            state = State.BROKEN;
            tooManyTrailers = lines.size() == FieldLines.MOST;
        }
        return wrong == null;
    }

    /// Writes those of the trailers that pass, and the empty line after them.
    public void writeTrailers(FieldLines lines, Kept kept, ByteBuf out) {
        Kept.write(lines, trailers, kept, out);
        out.writeByte(Octets.CR).writeByte(Octets.LF);
    }
}
