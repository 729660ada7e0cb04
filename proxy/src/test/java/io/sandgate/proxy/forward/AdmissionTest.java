package io.sandgate.proxy.forward;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AdmissionTest {

    private static final Target.Sandbox TARGET = target(3000, "/init");

    private static Target.Sandbox target(int port, String uri) {
        return new Target.Sandbox(Target.Form.HOST, "abc", port, uri, "");
    }

    private static final TrafficTokens TOKENS = (id, token) -> token.equals("good for " + id);

    private static Route route(String state, boolean secured) {
        return new Route("default", "abc", "abc", "u1", "team", "127.64.0.1", state, RouteVersion.of(1), "r1",
                TrafficRules.of(secured, "", false), null);
    }

    private static Refusal refusal(Admission admission) {
        assertThat(admission).isInstanceOf(Admission.Refuse.class);
        return ((Admission.Refuse) admission).refusal();
    }

    @Test
    void of_running_forwards() {
        Route running = route("running", false);
        assertThat(Admission.of(running, TARGET, null, TOKENS)).isEqualTo(new Admission.Forward(running));
    }

    @Test
    void of_noRoute_isUnknown() {
        assertThat(Admission.of(null, TARGET, null, TOKENS)).isEqualTo(new Admission.Unknown());
    }

    @Test
    void of_paused_waitsUnlessItWouldBeRefused() {
        Route paused = route("paused", false);
        assertThat(Admission.of(paused, TARGET, null, TOKENS)).isEqualTo(new Admission.Paused(paused));
        assertThat(refusal(Admission.of(route("paused", true), TARGET, null, TOKENS)).status()).isEqualTo(403);
        assertThat(refusal(Admission.of(paused, target(49_983, "/init"), null, TOKENS)).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"dead,502,NOT_RUNNING", "available,502,NOT_RUNNING", "frozen,502,NOT_RUNNING", "'',502,NOT_RUNNING",
            "RUNNING,502,NOT_RUNNING", "creating,409,TRANSITIONING", "pausing,409,TRANSITIONING",
            "resuming,409,TRANSITIONING", "snapshotting,409,TRANSITIONING"})
    void of_otherState_refuses(String state, int status, Refusal.Reason reason) {
        Refusal refusal = refusal(Admission.of(route(state, false), TARGET, null, TOKENS));
        assertThat(refusal.status()).isEqualTo(status);
        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(refusal.sandboxId()).isEqualTo("abc");
    }

    @Test
    void of_guardedRoute_admitsWhoHasItsToken() {
        Route guarded = route("running", true);
        assertThat(Admission.of(guarded, TARGET, "good for abc", TOKENS)).isEqualTo(new Admission.Forward(guarded));
        Refusal without = refusal(Admission.of(guarded, TARGET, null, TOKENS));
        assertThat(without.status()).isEqualTo(403);
        assertThat(without.message()).isEqualTo(
                "Sandbox is secured with traffic access token. Token header 'e2b-traffic-access-token' is missing");
        Refusal with = refusal(Admission.of(guarded, TARGET, "good for abd", TOKENS));
        assertThat(with.status()).isEqualTo(403);
        assertThat(with.message()).endsWith("is invalid");
    }

    @Test
    void of_guardedRouteAtTheRuntimesPort_asksForNoTrafficToken() {
        Route guarded = route("running", true);
        assertThat(Admission.of(guarded, target(49_983, "/files"), null, TOKENS))
                .isEqualTo(new Admission.Forward(guarded));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/init", "/init?x=1", "/init/", "//init", "/./init", "/a/../init", "/%69nit", "/%2569nit",
            "/a/%2e%2e/init", "/a%2f..%2finit", "/INIT", "/init#x", "/freeze", "/unfreeze", "/collapse", "/fsfreeze",
            "/fsthaw", "/upgrade"})
    void of_controlPathOfTheRuntime_is404(String uri) {
        Refusal refusal = refusal(Admission.of(route("running", false), target(49_983, uri), null, TOKENS));
        assertThat(refusal.status()).isEqualTo(404);
        assertThat(refusal.path()).isEqualTo(uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health", "/initial", "/init/x", "/x?/init", "/files?path=/init", "/%", "/%zz", "*"})
    void of_otherPathOfTheRuntime_forwards(String uri) {
        assertThat(Admission.of(route("running", false), target(49_983, uri), null, TOKENS))
                .isInstanceOf(Admission.Forward.class);
    }
}
