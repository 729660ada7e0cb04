package io.sandgate.e2e.harness;

import io.sandgate.e2e.harness.StreamTrace.Seen;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import static org.assertj.core.api.Assertions.assertThat;

/// What a subscriber with neither a filter nor a pause got, which says what each other one has to get.
///
/// Safe for any thread.
public final class EventOracle implements Consumer<StreamFrame> {

    /// An event as tests look at it.
    ///
    /// @param seq its number in the log that it was read from
    /// @param hash of its JSON
    /// @param kind what happened
    /// @param sandbox the id, or empty
    /// @param owner the team, or empty
    /// @param subject `<namespace>/<name>` of a route; empty for what is not of one
    /// @param version of a route, or empty
    /// @param origin the replica and the cursor there, which name it in the cluster
    public record Known(long seq, int hash, String kind, String sandbox, String owner, String subject, String version,
            String origin) {

        static Known of(StreamFrame frame) {
            JsonObject json = frame.json();
            JsonObject data = json.getJsonObject("data", new JsonObject());
            JsonObject origin = json.getJsonObject("origin");
            String subject = json.getString("kind").startsWith("route.")
                    ? data.getString("namespace") + "/" + data.getString("name")
                    : "";
            return new Known(frame.seq(), frame.text().hashCode(), json.getString("kind"),
                    json.getString("sandbox", ""), json.getString("owner", ""), subject,
                    String.valueOf(data.getValue("version")),
                    origin.getString("replica") + " " + origin.getString("cursor"));
        }
    }

    private final List<Known> known = new ArrayList<>();
    private String epoch = "";

    @Override
    public void accept(StreamFrame frame) {
        if (frame.isEvent()) {
            Known event = Known.of(frame);
            synchronized (this) {
                known.add(event);
            }
        }
        if (!frame.cursor().isEmpty()) {
            synchronized (this) {
                epoch = frame.epoch();
            }
        }
    }

    /// All events so far.
    public synchronized List<Known> events() {
        return List.copyOf(known);
    }

    public synchronized int count() {
        return known.size();
    }

    /// The number of the last event; 0 before the first.
    public synchronized long last() {
        return known.isEmpty() ? 0 : known.getLast().seq();
    }

    /// The place behind an event of that number.
    public synchronized String cursor(long seq) {
        return epoch + ":" + seq;
    }

    /// What a subscriber gets that begins behind a number, and wants these.
    public List<Seen> expected(long after, Predicate<Known> wanted) {
        return events().stream().filter(event -> event.seq() > after).filter(wanted)
                .map(event -> new Seen(event.seq(), event.hash())).toList();
    }

    /// Asserts that these numbers have no hole.
    public void assertDense() {
        List<Known> events = events();
        for (int i = 1; i < events.size(); i++) {
            assertThat(events.get(i).seq()).as("the event after %s", events.get(i - 1))
                    .isEqualTo(events.get(i - 1).seq() + 1);
        }
    }
}
