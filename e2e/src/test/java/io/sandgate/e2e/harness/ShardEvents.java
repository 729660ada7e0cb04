package io.sandgate.e2e.harness;

import io.sandgate.e2e.upstream.FakeUpstream;
import io.sandgate.e2e.upstream.SentEvents;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the replicas of a cluster have handed on of their shards, read from the files that are their sinks.
public final class ShardEvents {
    private static final String FILE = "events.jsonl";

    /// The events of one session, of all replicas together: which number there was at each sequence.
    private final Map<String, TreeMap<Long, Long>> sessions = new TreeMap<>();
    private long events;

    private ShardEvents() {}

    /// The setting with a replica's file.
    public static ReplicaPlan toFile(ReplicaPlan plan) {
        return plan.with("shards.sink", "file:" + plan.data().resolve(FILE));
    }

    /// Everything that was handed on so far.
    public static ShardEvents read(ClusterProcesses cluster) {
        ShardEvents events = new ShardEvents();
        cluster.replicas().forEach(replica -> events.read(replica.plan().data().resolve(FILE)));
        return events;
    }

    /// The `number` of each event that was handed on of a guild, each once.
    public static Set<Integer> ofGuild(ClusterProcesses cluster, long guild) {
        String id = Long.toUnsignedString(guild);
        return cluster.replicas().stream().map(replica -> replica.plan().data().resolve(FILE)).filter(Files::exists)
                .flatMap(ShardEvents::lines).map(JsonObject::new).map(event -> event.getValue("data"))
                .filter(JsonObject.class::isInstance).map(JsonObject.class::cast)
                .filter(data -> id.equals(data.getValue("guild_id")) && data.containsKey("number"))
                .map(data -> data.getInteger("number")).collect(Collectors.toSet());
    }

    /// The whole lines of a file that is being written.
    private static Stream<String> lines(Path file) {
        try {
            String text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Everything that a webhook got.
    static ShardEvents of(List<HandedOn> handedOn) {
        ShardEvents events = new ShardEvents();
        handedOn.forEach(events::add);
        return events;
    }

    private void read(Path file) {
        if (!Files.exists(file)) {
            return;
        }
        lines(file).forEach(line -> add(HandedOn.read(line, "", 0)));
    }

    private void add(HandedOn event) {
        events++;
        sessions.computeIfAbsent(event.session(), ignored -> new TreeMap<>()).put(event.sequence(), event.number());
    }

    /// How many were handed on, repeated ones too.
    public long count() {
        return events;
    }

    /// What is not as the upstream gave it: a sequence that is missing in what a session was handed on, or another event in its
    /// place.
    public List<String> problems(FakeUpstream upstream) {
        List<String> found = new ArrayList<>();
        sessions.forEach((session, bySequence) -> {
            SentEvents sent = upstream.sent(session);
            for (long sequence = 1; sequence <= bySequence.lastKey(); sequence++) {
                Long number = bySequence.get(sequence);
                if (number == null) {
                    found.add(sent.session().shard() + " " + session + ": no sequence " + sequence + " of "
                            + bySequence.lastKey());
                } else if (number != sent.number(sequence)) {
                    found.add(sent.session().shard() + " " + session + ": another event at " + sequence);
                }
            }
        });
        return found;
    }

    /// The last sequence that was handed on of each session.
    public Map<String, Long> last() {
        Map<String, Long> last = new TreeMap<>();
        sessions.forEach((session, bySequence) -> last.put(session, bySequence.lastKey()));
        return last;
    }
}
