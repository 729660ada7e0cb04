package io.sandgate.membership;

import io.sandgate.membership.Decoded.Undecodable;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// The bytes of an announcement, version 2, big-endian:
///
///     magic "SG" | version u8 | state u8 | incarnation i64 | sequence i64
///     | route root i64 | route count i64 | id: length u8, UTF-8 | peer host: length u8, UTF-8, port u16
///     | public host: length u8, UTF-8, port u16
///
/// Nothing follows. Any other version is refused as a whole, since it may mean its fields otherwise.
final class AnnouncementCodec {
    static final int VERSION = 2;
    /// Longer messages are refused unread.
    static final int LONGEST = 1024;

    private static final short MAGIC = 0x5347;
    private static final MemberState[] STATES = {MemberState.JOINING, MemberState.READY, MemberState.DRAINING,
            MemberState.UNHEALTHY};

    private AnnouncementCodec() {}

    static byte[] encode(Announcement announcement) {
        Member member = announcement.member();
        ByteBuffer out = ByteBuffer.allocate(LONGEST);
        out.putShort(MAGIC).put((byte) VERSION).put(code(member.state()));
        out.putLong(member.incarnation()).putLong(announcement.sequence());
        out.putLong(announcement.summary().root()).putLong(announcement.summary().count());
        putText(out, member.id());
        putEndpoint(out, member.peer());
        putEndpoint(out, member.publicEndpoint());
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    static Decoded decode(byte[] bytes) {
        if (bytes.length > LONGEST) {
            return garbage("length: " + bytes.length + " (expected: at most " + LONGEST + ")");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            short magic = in.getShort();
            if (magic != MAGIC) {
                return garbage("magic: " + Integer.toHexString(Short.toUnsignedInt(magic)) + " (expected: 5347)");
            }
            int version = Byte.toUnsignedInt(in.get());
            if (version != VERSION) {
                return new Undecodable(IgnoreReason.UNKNOWN_VERSION,
                        "version: " + version + " (expected: " + VERSION + ")");
            }
            return decodeBody(in);
        } catch (BufferUnderflowException e) {
            return garbage("length: " + bytes.length + " (expected: a whole announcement)");
        } catch (CharacterCodingException e) {
            return garbage("text: not UTF-8");
        } catch (IllegalArgumentException e) {
            return garbage(String.valueOf(e.getMessage()));
        }
    }

    private static Decoded decodeBody(ByteBuffer in) throws CharacterCodingException {
        int state = Byte.toUnsignedInt(in.get());
        if (state >= STATES.length) {
            return garbage("state: " + state + " (expected: 0-" + (STATES.length - 1) + ")");
        }
        long incarnation = in.getLong();
        long sequence = in.getLong();
        RouteSummary summary = new RouteSummary(in.getLong(), in.getLong());
        String id = text(in);
        Endpoint peer = endpoint(in);
        Endpoint publicEndpoint = endpoint(in);
        if (in.hasRemaining()) {
            return garbage("trailing bytes: " + in.remaining() + " (expected: 0)");
        }
        return new Announcement(new Member(id, incarnation, peer, publicEndpoint, STATES[state]), sequence, summary);
    }

    private static Undecodable garbage(String detail) {
        return new Undecodable(IgnoreReason.GARBAGE, detail);
    }

    /// The code of a state is its place in the table of the format, which stays when the enum is reordered.
    private static byte code(MemberState state) {
        return switch (state) {
            case JOINING -> 0;
            case READY -> 1;
            case DRAINING -> 2;
            case UNHEALTHY -> 3;
        };
    }

    private static void putEndpoint(ByteBuffer out, Endpoint endpoint) {
        putText(out, endpoint.host());
        out.putShort((short) endpoint.port());
    }

    private static Endpoint endpoint(ByteBuffer in) throws CharacterCodingException {
        String host = text(in);
        return new Endpoint(host, Short.toUnsignedInt(in.getShort()));
    }

    private static void putText(ByteBuffer out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.put((byte) utf8.length).put(utf8);
    }

    private static String text(ByteBuffer in) throws CharacterCodingException {
        int length = Byte.toUnsignedInt(in.get());
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer slice = in.slice(in.position(), length);
        in.position(in.position() + length);
        // A new decoder reports malformed input instead of replacing it.
        return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
    }
}
