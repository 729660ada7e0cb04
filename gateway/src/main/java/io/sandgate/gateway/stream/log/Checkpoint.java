package io.sandgate.gateway.stream.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.log.RecordForm.Damaged;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the entries up to a number came to, so that those before it may be deleted.
///
/// @param tip the number of the last entry that is in it
/// @param state the newest entry of each subject
/// @param heard how far each other replica was heard
record Checkpoint(long tip, List<Entry> state, Map<String, Cursor> heard) {
    private static final int VERSION = 1;
    private static final int END = 0x656e6421;

    /// Nothing yet.
    static final Checkpoint EMPTY = new Checkpoint(0, List.of(), Map.of());

    /// Replaces the file as a whole, and only once it is on the disk.
    void save(Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
                OutputStream stream = Channels.newOutputStream(channel);
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream, 1 << 16))) {
            write(out);
            out.flush();
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void write(DataOutputStream out) throws IOException {
        out.writeInt(VERSION);
        out.writeLong(tip);
        out.writeInt(heard.size());
        for (Map.Entry<String, Cursor> one : heard.entrySet()) {
            out.writeUTF(one.getKey());
            out.writeUTF(one.getValue().epoch());
            out.writeLong(one.getValue().seq());
        }
        out.writeInt(state.size());
        ByteBuf buffer = Unpooled.buffer(1024);
        for (Entry entry : state) {
            buffer.clear();
            RecordForm.write(buffer, entry);
            buffer.readBytes(out, buffer.readableBytes());
        }
        out.writeInt(END);
    }

    /// What is in the file; empty when there is none.
    static Optional<Checkpoint> load(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            return Optional.of(read(in));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (EOFException | IllegalArgumentException e) {
            throw new Damaged("checkpoint " + file.getFileName() + ": " + e);
        }
    }

    private static Checkpoint read(DataInputStream in) throws IOException {
        int version = in.readInt();
        if (version != VERSION) {
            throw new Damaged("checkpoint of version " + version + " (expected: " + VERSION + ")");
        }
        long tip = in.readLong();
        Map<String, Cursor> heard = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            String replica = in.readUTF();
            heard.put(replica, new Cursor(in.readUTF(), in.readLong()));
        }
        List<Entry> state = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            state.add(entry(in));
        }
        if (in.readInt() != END) {
            throw new Damaged("checkpoint without its end");
        }
        return new Checkpoint(tip, state, heard);
    }

    private static Entry entry(DataInputStream in) throws IOException {
        int length = in.readInt();
        int sum = in.readInt();
        if (length <= 0 || length > RecordForm.MAX_LENGTH) {
            throw new Damaged("length " + length + " in the checkpoint");
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length || RecordForm.checksum(length, ByteBuffer.wrap(payload)) != sum) {
            throw new Damaged("checksum in the checkpoint");
        }
        return RecordForm.read(payload, 0, length);
    }
}
