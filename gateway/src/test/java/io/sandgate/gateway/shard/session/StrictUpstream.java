package io.sandgate.gateway.shard.session;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An upstream with sessions, sequences and a replay of bounded depth, over connections that are slow and in order, and fail
/// as long as they may. It complains of whatever a client must not do.
final class StrictUpstream {
    static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final int REPLAY = 60;
    private static final Duration SESSION_LIFE = Duration.ofSeconds(90);
    private static final long MILLI = 1_000_000;
    private static final int[] CODES = {-1, 1000, 1001, 1006, 1011, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009};
    private static final int[] FATAL = {4004, 4010, 4011, 4012, 4013, 4014};

    private static final class Session {
        private final String id;
        private long last;
        private @Nullable Wire wire;
        private long detachedAt;

        Session(String id) {
            this.id = id;
        }
    }

    private final SessionWorld world;
    private final SplittableRandom random;
    private final Consumer<String> complain;
    private final Map<String, Session> sessions = new HashMap<>();
    private @Nullable Wire newest;
    private int named;
    int identifies;
    int resumes;

    StrictUpstream(SessionWorld world, SplittableRandom random, Consumer<String> complain) {
        this.world = world;
        this.random = random;
        this.complain = complain;
    }

    /// The last sequence of a session, -1 when there is none of that name.
    long last(String id) {
        Session session = sessions.get(id);
        return session == null ? -1 : session.last;
    }

    Wire dial(ReplicaLife life, URI url, Upstream.Listener listener) {
        Wire wire = new Wire(life, listener, url.getHost().startsWith("bad"));
        newest = wire;
        return wire;
    }

    /// Events happen in each session, whether it is connected or not.
    void happen() {
        sessions.values().removeIf(session -> session.wire == null
                && world.now() - session.detachedAt > SESSION_LIFE.toNanos());
        for (Session session : sessions.values()) {
            event(session, "MESSAGE_CREATE");
        }
    }

    private void event(Session session, String type) {
        session.last++;
        if (session.wire != null) {
            session.wire.event(session.last, type, "{}");
        }
    }

    private static String dispatch(long sequence, String type, String data) {
        return "{\"op\":0,\"s\":" + sequence + ",\"t\":\"" + type + "\",\"d\":" + data + "}";
    }

    /// Does something bad to the newest connection.
    void harm() {
        Wire wire = newest;
        if (wire == null || wire.isOver()) {
            return;
        }
        switch (random.nextInt(9)) {
            case 0, 1 -> wire.shut(CODES[random.nextInt(CODES.length)]);
            case 2 -> {
                if (random.nextInt(5) == 0) {
                    wire.shut(FATAL[random.nextInt(FATAL.length)]);
                }
            }
            case 3 -> wire.say("{\"op\":7,\"d\":null}");
            case 4 -> wire.invalidate(random.nextBoolean());
            case 5 -> wire.say(random.nextBoolean() ? "garbage" : "{\"op\":0,\"d\":1}");
            case 6 -> wire.say(dispatch(random.nextLong(wire.said + 1), "MESSAGE_CREATE", "{}"));
            case 7 -> wire.deaf = true;
            default -> {
                for (int i = random.nextInt(200); i > 0; i--) {
                    wire.say("{\"op\":1,\"d\":null}");
                }
            }
        }
    }

    /// The process was held up: what is late for that is excused.
    void excuse() {
        if (newest != null) {
            newest.lastBeat = world.now();
        }
    }

    void check() {
        if (newest != null) {
            newest.checkBeats();
        }
    }

    /// One connection.
    final class Wire implements Upstream.Connection {
        private final ReplicaLife life;
        private final Upstream.Listener listener;
        private final long attempt;
        private final SlowChannel channel = new SlowChannel(world, random.split());
        private final Deque<Long> sends = new ArrayDeque<>();
        private long lastBeat = -1;
        private boolean let;
        private boolean shut;
        private boolean deaf;
        /// The last sequence that the client has when it has heard everything.
        private long said;
        private @Nullable Session session;

        Wire(ReplicaLife life, Upstream.Listener listener, boolean unreachable) {
            this.life = life;
            this.listener = listener;
            this.attempt = life.session().attempt();
            int luck = world.isFaulty() ? random.nextInt(20) : 19;
            if (unreachable || luck == 0) {
                arrive(() -> {
                    let = true;
                    listener.failed("unreachable");
                });
            } else if (luck != 1) {
                arrive(listener::opened);
                if (luck == 2) {
                    say("{\"op\":7,\"d\":null}");
                } else if (luck != 3) {
                    arrive(() -> {
                        lastBeat = world.now();
                        frame("{\"op\":10,\"d\":{\"heartbeat_interval\":" + INTERVAL.toMillis() + "}}");
                    });
                }
            }
        }

        boolean isOver() {
            return let || shut || life.isOver();
        }

        private void frame(String text) {
            listener.frame(text.getBytes(StandardCharsets.UTF_8));
        }

        void say(String text) {
            arrive(() -> frame(text));
        }

        void event(long sequence, String type, String data) {
            said = sequence;
            say(dispatch(sequence, type, data));
        }

        /// Has something happen at the client, after all that was sent before.
        private void arrive(Runnable action) {
            if (isOver()) {
                return;
            }
            channel.put(() -> {
                if (!let && !life.isOver()) {
                    action.run();
                    world.check();
                }
            });
        }

        @Override
        public void pause() {
            channel.pause();
        }

        @Override
        public void resume() {
            channel.resume();
        }

        private void detach() {
            if (session != null && session.wire == this) {
                session.wire = null;
                session.detachedAt = world.now();
            }
        }

        /// Ends it from this side.
        void shut(int code) {
            if (code == 4003 || code == 4005 || code == 4007 || code == 4009) {
                sessions.values().removeIf(known -> known == session);
            }
            detach();
            arrive(() -> {
                let = true;
                listener.closed(code);
            });
            shut = true;
        }

        void invalidate(boolean resumable) {
            say("{\"op\":9,\"d\":" + resumable + "}");
            if (!resumable) {
                sessions.values().removeIf(known -> known == session);
            }
        }

        /// The process at the other end is gone.
        void lose() {
            let = true;
            detach();
        }

        @Override
        public void close(int code) {
            let = true;
            detach();
            if (code == 1000 || code == 1001) {
                sessions.values().removeIf(known -> known == session);
            }
        }

        @Override
        public void send(Buffer text) {
            if (let || life.isOver()) {
                complain.accept("sends after it ended: " + text);
            }
            if (attempt != life.session().attempt()) {
                complain.accept("attempt " + attempt + " sends in " + life.session().attempt());
            }
            count();
            JsonObject frame = new JsonObject(text);
            switch (frame.getInteger("op")) {
                case 1 -> beat();
                case 2 -> {
                    life.identifies();
                    answer(this::identify);
                }
                case 6 -> answer(() -> resumed(frame.getJsonObject("d")));
                default -> {
                    // members are not modelled
                }
            }
        }

        private void answer(Runnable action) {
            if (!isOver() && !deaf) {
                action.run();
            }
        }

        private void count() {
            while (!sends.isEmpty() && world.now() - sends.element() >= Duration.ofMinutes(1).toNanos()) {
                sends.remove();
            }
            sends.add(world.now());
            if (sends.size() > 120) {
                complain.accept(sends.size() + " sends in a minute");
            }
        }

        private void beat() {
            checkBeats();
            lastBeat = world.now();
            answer(() -> say("{\"op\":11,\"d\":null}"));
        }

        private void checkBeats() {
            if (!isOver() && lastBeat >= 0 && world.now() - lastBeat > INTERVAL.toNanos() * 3 / 2) {
                complain.accept("no heartbeat for " + (world.now() - lastBeat) / MILLI + " ms");
            }
        }

        private void identify() {
            identifies++;
            if (world.isFaulty() && random.nextInt(5) == 0) {
                invalidate(random.nextBoolean());
                return;
            }
            Session created = new Session("s" + named++);
            sessions.put(created.id, created);
            session = created;
            created.wire = this;
            created.last++;
            String host = world.isFaulty() && random.nextInt(4) == 0 ? "bad.example" : "resume.example";
            event(created.last, "READY",
                    "{\"session_id\":\"" + created.id + "\",\"resume_gateway_url\":\"wss://" + host + "\"}");
        }

        private void resumed(JsonObject data) {
            resumes++;
            Session known = sessions.get(data.getString("session_id"));
            long sequence = data.getLong("seq");
            if (known != null && sequence > known.last) {
                complain.accept("resumes from " + sequence + " of " + known.last);
            }
            if (known == null || sequence < known.last - REPLAY) {
                invalidate(false);
                return;
            }
            if (known.wire != null) {
                known.wire.shut(4000);
            }
            session = known;
            known.wire = this;
            said = sequence;
            for (long missed = sequence + 1; missed <= known.last; missed++) {
                event(missed, "MESSAGE_CREATE", "{}");
            }
            if (random.nextBoolean()) {
                StrictUpstream.this.event(known, "RESUMED");
            } else {
                event(known.last, "RESUMED", "{}");
            }
        }
    }
}
