package io.sandgate.proxy.route;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouteTest {

    private static Route route(String ip, String state) {
        return new Route("default", "n", "i", "u", "team-a", ip, state, RouteVersion.of(4), "replica-1",
                TrafficRules.TOKEN,
                "\"accessToken\":\"s3cret\"");
    }

    @Test
    void s9_withoutAddress_isCreatingUnlessDead() {
        assertThat(route("", "running").state()).isEqualTo("creating");
        assertThat(route("", "paused").state()).isEqualTo("creating");
        assertThat(route("", "").state()).isEqualTo("creating");
        assertThat(route("", "dead").state()).isEqualTo("dead");
        assertThat(route("127.77.0.9", "paused").state()).isEqualTo("paused");
    }

    @Test
    void s9_unknownState_isKeptAndNotRoutedTo() {
        Route route = route("127.77.0.9", "hibernating");
        assertThat(route.state()).isEqualTo("hibernating");
        assertThat(route.isRunning()).isFalse();
        assertThat(route("127.77.0.9", "available").isRunning()).isFalse();
        assertThat(route("127.77.0.9", "running").isRunning()).isTrue();
    }

    @Test
    void withoutAddress_aWordThatIsNoState_isKept() {
        Route route = route("", "connected");
        assertThat(route.state()).isEqualTo("connected");
        assertThat(route.isRunning()).isFalse();
    }

    @Test
    void s10_secrets_areNotInAnyText() {
        Route route = route("127.77.0.9", "running");
        assertThat(route.toString()).doesNotContain("s3cret").contains("default/n").contains("version=4");
        assertThat(new RouteChange(route, route, route, "").toString()).doesNotContain("s3cret");
    }

    @Test
    void dead_keepsAllButStateAndVersion() {
        Route dead = route("127.77.0.9", "running").dead(RouteVersion.of(9));
        assertThat(dead.isDead()).isTrue();
        assertThat(dead.version()).isEqualTo(RouteVersion.of(9));
        assertThat(dead.at(RouteVersion.of(4))).isEqualTo(route("127.77.0.9", "dead"));
    }
}
