package io.sandgate.e2e.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What one subscriber got, in a form that is small enough for many of them.
///
/// Safe for any thread.
public final class StreamTrace implements Consumer<StreamFrame> {

    /// An event that came.
    ///
    /// @param seq its number
    /// @param hash of its JSON
    public record Seen(long seq, int hash) {}

    private final List<Seen> events = new ArrayList<>();
    private final List<String> marks = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private String start = "";

    @Override
    public synchronized void accept(StreamFrame frame) {
        if (events.isEmpty() && marks.isEmpty() && !frame.type().equals("hello")) {
            problems.add("the first frame is " + frame.text());
        }
        if (frame.isEvent()) {
            events.add(new Seen(frame.seq(), frame.text().hashCode()));
            if (!frame.id().isEmpty() && !frame.id().equals(frame.cursor())) {
                problems.add("the id " + frame.id() + " of " + frame.text());
            }
        } else {
            if (frame.type().equals("hello")) {
                start = frame.cursor();
            }
            marks.add(frame.type());
        }
    }

    /// The events so far.
    public synchronized List<Seen> events() {
        return List.copyOf(events);
    }

    public synchronized int count() {
        return events.size();
    }

    /// The place that the server began at; empty before it said so.
    public synchronized String start() {
        return start;
    }

    /// How many frames of a type came besides events.
    public synchronized long marks(String type) {
        return marks.stream().filter(type::equals).count();
    }

    /// What was not as the protocol says.
    public synchronized List<String> problems() {
        return List.copyOf(problems);
    }
}
