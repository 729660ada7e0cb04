package io.sandgate.gateway.stream.serve;

import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.pump.Note;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/// The text of server-sent events. All JSON here is one line.
final class EventStream {
    private static final Buffer DATA = Buffer.buffer("data: ");
    private static final Buffer END = Buffer.buffer("\n\n");
    private static final int OVERHEAD = 64;

    private EventStream() {}

    /// Events with the places to go on from.
    static Buffer events(String epoch, List<Entry> entries) {
        Buffer out = Buffer.buffer(length(entries));
        for (Entry entry : entries) {
            out.appendString("id: ").appendString(epoch).appendString(":").appendString(Long.toString(entry.seq()))
                    .appendString("\n").appendBuffer(DATA).appendBuffer(entry.json()).appendBuffer(END);
        }
        return out;
    }

    /// Events from which nobody can go on.
    static Buffer state(List<Entry> entries) {
        Buffer out = Buffer.buffer(length(entries));
        for (Entry entry : entries) {
            out.appendBuffer(DATA).appendBuffer(entry.json()).appendBuffer(END);
        }
        return out;
    }

    static Buffer note(Note note) {
        Buffer out = Buffer.buffer();
        note.resume().ifPresent(place -> out.appendString("id: " + place + "\n"));
        return out.appendString("event: " + note.type() + "\n").appendBuffer(DATA).appendBuffer(note.json())
                .appendBuffer(END);
    }

    private static int length(List<Entry> entries) {
        return entries.stream().mapToInt(entry -> entry.json().length() + OVERHEAD).sum();
    }
}
