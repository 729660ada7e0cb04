package io.sandgate.gateway.shard.session;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An upstream that says what a test makes it say.
final class FakeUpstream implements Upstream {
    final List<Dial> dials = new ArrayList<>();

    @Override
    public Connection dial(URI url, Listener listener) {
        Dial dial = new Dial(url, listener);
        dials.add(dial);
        return dial;
    }

    Dial last() {
        return dials.getLast();
    }

    /// One connection, from the upstream's side.
    static final class Dial implements Connection {
        final URI url;
        final Listener listener;
        final List<JsonObject> sent = new ArrayList<>();
        /// The code it was closed with by the session; 0 while it is not.
        int closedWith;
        boolean paused;
        /// What has come while it was paused.
        Runnable unread = () -> {};

        Dial(URI url, Listener listener) {
            this.url = url;
            this.listener = listener;
        }

        void open() {
            listener.opened();
        }

        /// What a frame says, to a session that may have let go of the connection.
        void say(String json) {
            listener.frame(json.getBytes(StandardCharsets.UTF_8));
        }

        void hello() {
            say("{\"op\":10,\"d\":{\"heartbeat_interval\":40000}}");
        }

        void event(long sequence, String type) {
            say("{\"op\":0,\"s\":" + sequence + ",\"t\":\"" + type + "\",\"d\":{\"n\":" + sequence + "}}");
        }

        void ready(String session) {
            say("{\"op\":0,\"s\":1,\"t\":\"READY\",\"d\":{\"session_id\":\"" + session
                    + "\",\"resume_gateway_url\":\"wss://resume.example\"}}");
        }

        void ack() {
            say("{\"op\":11,\"d\":null}");
        }

        List<JsonObject> sent(int op) {
            return sent.stream().filter(frame -> frame.getInteger("op") == op).toList();
        }

        @Override
        public void send(Buffer text) {
            if (closedWith == 0) {
                sent.add(new JsonObject(text));
            }
        }

        @Override
        public void close(int code) {
            if (closedWith == 0) {
                closedWith = code;
            }
        }

        @Override
        public void pause() {
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
            unread.run();
        }
    }
}
