package io.sandgate.gateway.connection;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader;
import java.util.List;

/// A log of which only the state is asked for.
record FakeReader(List<Entry> entries) implements EventReader {
    static final FakeReader EMPTY = new FakeReader(List.of());

    @Override
    public Extent extent() {
        return new Extent("e", 1, 0);
    }

    @Override
    public Read read(Cursor after, int maxEntries, int maxBytes) {
        return new Read.AtTip();
    }

    @Override
    public Read readStored(Cursor after, int maxEntries, int maxBytes) {
        return new Read.AtTip();
    }

    @Override
    public State state() {
        return new State(new Cursor("e", 0), entries);
    }

    @Override
    public Runnable onAppend(Runnable waker) {
        return () -> {};
    }
}
