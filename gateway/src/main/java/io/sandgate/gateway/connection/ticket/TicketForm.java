package io.sandgate.gateway.connection.ticket;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/// The bytes of a ticket before they are signed: a version, the expiry, what it opens, and its names, each with its length.
final class TicketForm {
    private static final int VERSION = 1;
    private static final int EVENTS = 1;

    private TicketForm() {}

    static byte[] write(Ticket ticket) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(ticket.expiresAt().getEpochSecond());
            out.writeByte(ticket.events() ? EVENTS : 0);
            out.writeUTF(ticket.team());
            out.writeUTF(ticket.keyId());
            out.writeUTF(ticket.client());
            out.writeShort(ticket.rooms().size());
            // one ticket, one form
            for (String room : new TreeSet<>(ticket.rooms())) {
                out.writeUTF(room);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws IOException when it is of another version
    static Ticket read(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readByte();
            if (version != VERSION) {
                throw new IOException("version: " + version + " (expected: " + VERSION + ")");
            }
            Instant expiresAt = Instant.ofEpochSecond(in.readLong());
            boolean events = in.readByte() == EVENTS;
            String team = in.readUTF();
            String keyId = in.readUTF();
            String client = in.readUTF();
            int count = in.readUnsignedShort();
            Set<String> rooms = HashSet.newHashSet(count);
            for (int i = 0; i < count; i++) {
                rooms.add(in.readUTF());
            }
            return new Ticket(team, keyId, client, rooms, events, expiresAt);
        }
    }
}
