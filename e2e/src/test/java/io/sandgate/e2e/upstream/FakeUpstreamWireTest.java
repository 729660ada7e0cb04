package io.sandgate.e2e.upstream;

import io.sandgate.e2e.upstream.Fault.Bomb;
import io.sandgate.e2e.upstream.Observed.Side;
import io.sandgate.e2e.upstream.ShardClient.Received;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class FakeUpstreamWireTest {
    private static final Shard SHARD = new Shard(0, 16);
    private static final long MIB = 1 << 20;

    private final UpstreamWorld world = new UpstreamWorld(UpstreamWorld.wide());
    private final FakeUpstream upstream = world.upstream;

    @AfterEach
    void end() {
        world.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zlib-stream", "zstd-stream"})
    void events_compressed_areOneStreamOfSmallMessages(String compress) {
        ShardClient client = world.connect("&compress=" + compress);
        client.ready(0, 16);
        String data = new JsonObject().put("content", "a text that comes again and again, as texts do".repeat(100))
                .encode();
        upstream.publish(SHARD, "MESSAGE_CREATE", data);
        upstream.publish(SHARD, "MESSAGE_CREATE", data);

        List<Received> both = List.of(client.nextReceived(), client.nextReceived());

        for (int i = 0; i < 2; i++) {
            JsonObject event = new JsonObject(both.get(i).text());
            assertThat(event.getInteger("s")).isEqualTo(i + 2);
            assertThat(event.getJsonObject("d").encode()).isEqualTo(data);
        }
        assertThat(both.getLast().wireBytes()).isLessThan(both.getFirst().wireBytes());
        assertThat(world.offences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zlib-stream", "zstd-stream"})
    void bomb_compressed_isSmallOnTheWireAndTheLastThing(String compress) {
        ShardClient client = world.connect("&compress=" + compress);
        client.ready(0, 16);

        upstream.inject(new Bomb(200), SHARD);
        upstream.publish(SHARD, "TYPING_START", "{}");
        Received bomb = client.nextReceived();

        assertThat(bomb.bytes()).isEqualTo(200 * MIB);
        assertThat(bomb.wireBytes()).isLessThan(256 << 10);
        client.heartbeat("1");
        await().until(() -> upstream.seen().heartbeats() == 1);
        upstream.inject(new Fault.Close(4000), SHARD);
        assertThat(client.closeCode()).isEqualTo(4000);
        assertThat(client.unread()).isZero();
    }

    @Test
    void bomb_withoutCompression_isNothing() {
        ShardClient client = world.connect();
        client.ready(0, 16);
        upstream.inject(new Bomb(200), SHARD);

        client.heartbeat("1").next(11);
    }

    @Test
    void client_thatReadsNothing_isCutOffAndCanResume() {
        upstream.rules(upstream.rules().with(draft -> draft.replayDepth = 5));
        ShardClient client = world.connect();
        client.ready(0, 16);
        client.pause();
        String data = "\"" + "x".repeat(1 << 20) + "\"";

        await().pollInterval(Duration.ofMillis(1)).until(() -> {
            upstream.publish(SHARD, "MESSAGE_CREATE", data);
            return !upstream.seen().closes().isEmpty();
        });

        assertThat(upstream.seen().closes()).singleElement().satisfies(close -> {
            assertThat(close.by()).isEqualTo(Side.UPSTREAM);
            assertThat(close.code()).isEqualTo(-1);
        });
        SessionSeen session = upstream.sessions().getFirst();
        assertThat(session.isLive()).isTrue();
        world.connect().resume(session.id(), session.lastSequence()).event("RESUMED");
    }
}
