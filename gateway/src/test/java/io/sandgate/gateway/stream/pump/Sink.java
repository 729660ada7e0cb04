package io.sandgate.gateway.stream.pump;

import io.sandgate.gateway.stream.event.Entry;
import java.util.ArrayList;
import java.util.List;

/// An outlet that keeps what was written, and is full when a test says so.
final class Sink implements Outlet {
    final List<Entry> events = new ArrayList<>();
    final List<Entry> state = new ArrayList<>();
    final List<Note> notes = new ArrayList<>();
    final List<Integer> writes = new ArrayList<>();
    /// How many more writes there is room for.
    int room = Integer.MAX_VALUE;
    boolean ended;
    boolean aborted;
    /// Happens in the middle of each write.
    Runnable trouble = () -> {};

    @Override
    public boolean isFull() {
        return room <= 0;
    }

    @Override
    public void events(String epoch, List<Entry> entries) {
        write();
        events.addAll(entries);
        writes.add(entries.size());
    }

    @Override
    public void state(List<Entry> entries) {
        write();
        state.addAll(entries);
    }

    @Override
    public void note(Note note) {
        write();
        notes.add(note);
    }

    @Override
    public void end(End end, Note note) {
        note(note);
        ended = true;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    private void write() {
        if (ended) {
            throw new IllegalStateException("written after the end");
        }
        trouble.run();
        room--;
    }

    List<Long> seqs() {
        return events.stream().map(Entry::seq).toList();
    }

    List<String> types() {
        return notes.stream().map(Note::type).toList();
    }

    long count(String type) {
        return notes.stream().filter(note -> note.type().equals(type)).count();
    }
}
