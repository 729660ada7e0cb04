package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// The first words of a TLS connection (RFC 8446, section 4.1.2), which say for whom it is (RFC 6066, section 3).
final class ClientHello {

    private static final int HANDSHAKE = 22;
    private static final int RECORD_HEAD = 5;
    private static final int LARGEST_RECORD = 1 << 14;
    private static final int CLIENT_HELLO = 1;
    private static final int MESSAGE_HEAD = 4;
    private static final int VERSION_AND_RANDOM = 34;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    private ClientHello() {}

    /// Reads the name of the server that is asked for, and leaves all that was read where it is.
    static String name(Intake intake) throws IOException, Refusal {
        ByteBuffer message = message(intake);
        try {
            skip(message, VERSION_AND_RANDOM);
            skip(message, message.get() & 0xff);
            skip(message, message.getShort() & 0xffff);
            skip(message, message.get() & 0xff);
            ByteBuffer extensions = part(message);
            String name = "";
            while (extensions.hasRemaining()) {
                int type = extensions.getShort();
                ByteBuffer extension = part(extensions);
                if (type == SERVER_NAME) {
                    if (!name.isEmpty()) {
                        throw unclear("it names two servers");
                    }
                    name = serverName(extension);
                }
            }
            if (name.isEmpty() || message.hasRemaining()) {
                throw unclear("it names no server");
            }
            return name;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw unclear("its lengths are wrong");
        }
    }

    /// The message, which may lie in several records.
    private static ByteBuffer message(Intake intake) throws IOException, Refusal {
        ByteBuffer message = ByteBuffer.allocate(Intake.LARGEST);
        int at = 0;
        while (message.position() < MESSAGE_HEAD || message.position() < length(message)) {
            intake.need(at + RECORD_HEAD);
            int length = number(intake, at + 3);
            if (intake.at(at) != HANDSHAKE || intake.at(at + 1) != 3 || length == 0 || length > LARGEST_RECORD) {
                throw unclear("it is no TLS");
            }
            intake.need(at + RECORD_HEAD + length);
            for (int i = at + RECORD_HEAD; i < at + RECORD_HEAD + length; i++) {
                message.put((byte) intake.at(i));
            }
            at += RECORD_HEAD + length;
            if (message.get(0) != CLIENT_HELLO) {
                throw unclear("it does not begin as TLS does");
            }
        }
        return message.flip().limit(length(message)).position(MESSAGE_HEAD);
    }

    private static int length(ByteBuffer message) {
        return MESSAGE_HEAD + (message.getInt(0) & 0xffffff);
    }

    private static int number(Intake intake, int at) {
        return (intake.at(at) << 8) | intake.at(at + 1);
    }

    /// A list with one name, since no other kind of names and no second one was ever defined.
    private static String serverName(ByteBuffer extension) throws Refusal {
        ByteBuffer list = part(extension);
        if (extension.hasRemaining() || list.get() != HOST_NAME) {
            throw unclear("it names a server in an unknown way");
        }
        ByteBuffer name = part(list);
        String text = StandardCharsets.ISO_8859_1.decode(name).toString();
        if (list.hasRemaining() || !NAME.matcher(text).matches()) {
            throw unclear("it names no server, or two");
        }
        return text;
    }

    private static ByteBuffer part(ByteBuffer bytes) {
        int length = bytes.getShort() & 0xffff;
        ByteBuffer part = bytes.slice(bytes.position(), length);
        skip(bytes, length);
        return part;
    }

    private static void skip(ByteBuffer bytes, int count) {
        bytes.position(bytes.position() + count);
    }

    private static Refusal unclear(String detail) {
        return new Refusal(Reason.UNCLEAR, detail);
    }
}
