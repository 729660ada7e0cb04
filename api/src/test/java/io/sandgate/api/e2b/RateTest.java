package io.sandgate.api.e2b;

import io.sandgate.api.e2b.TestClient.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// How often a key may call, and an address may fail to show a valid one; in time that stands still.
class RateTest {
    private TestCluster cluster;
    private TestReplica replica;

    @BeforeEach
    void start() {
        cluster = new TestCluster(1, E2bSettings.DEFAULT);
        replica = cluster.get(0);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void calls_overTheRate_are429WithTheTimeToWait() {
        String key = key(2);
        for (int left = 3; left >= 0; left--) {
            Answer answer = list(key);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("RateLimit-Limit")).isEqualTo("4");
            assertThat(answer.header("RateLimit-Remaining")).isEqualTo(Integer.toString(left));
            assertThat(answer.header("RateLimit-Reset")).isEqualTo(left >= 2 ? "1" : "2");
        }

        Answer refused = list(key).isError(429);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.header("RateLimit-Remaining")).isEqualTo("0");
        assertThat(replica.meters.get("sandgate.api.rate.refused").counter().count()).isEqualTo(1);

        replica.nanos.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(list(key).status()).isEqualTo(200);
        list(key).isError(429);
    }

    @Test
    void keys_areBoundedByThemselves() {
        String slow = key(1);
        list(slow);
        list(slow);
        list(slow).isError(429);

        assertThat(list(key(1)).status()).isEqualTo(200);
        Answer standard = list(TestReplica.KEY_A);
        assertThat(standard.header("RateLimit-Limit")).isEqualTo(Integer.toString(2 * TestReplica.RATE));
        assertThat(list(key(0)).header("RateLimit-Limit")).isEmpty();
    }

    @Test
    void manyWrongKeys_areNotLookedAtAnyMore() {
        String fresh = key(0);
        for (int i = 0; i < 2 * TestReplica.AUTH_FAILURES; i++) {
            list("e2b_" + i).isError(401);
        }

        Answer unseen = list("e2b_x").isError(429);
        assertThat(unseen.header("Retry-After")).isEqualTo("1");
        list(fresh).isError(429);
        assertThat(list(TestReplica.KEY_A).status()).as("a key that was used here before").isEqualTo(200);

        replica.nanos.addAndGet(Duration.ofMillis(21).toNanos());
        assertThat(list(fresh).status()).isEqualTo(200);
    }

    private String key(int rate) {
        return replica.client.post("/api-keys", "{\"name\":\"r\",\"team\":\"team-r\",\"rateLimit\":" + rate + "}")
                .json().path("key").asText();
    }

    private Answer list(String key) {
        return replica.client.callAs(key, "GET", "/v2/sandboxes", "");
    }
}
