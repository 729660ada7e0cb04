package io.sandgate.api.stream.source;

import io.sandgate.gateway.stream.event.Event;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/// What a replica tells of the routes that it is the authority of.
class RouteEventsTest {
    @RegisterExtension
    final SourcesRig rig = new SourcesRig();

    @Test
    void route_ofThisReplica_isTold_withoutWhatMayBeSecret() {
        rig.apply(SourcesRig.route("default", "a", "running", "r1", 1));
        assertThat(rig.log.last().kind()).isEqualTo("route.changed");
        assertThat(rig.log.last().subject()).isEqualTo("route/default/a");
        assertThat(rig.log.last().sandbox()).isEqualTo("a-id");
        assertThat(rig.log.last().owner()).isEqualTo("team");
        assertThat(rig.log.lastData()).isEqualTo(new JsonObject("""
                {"namespace":"default","name":"a","id":"a-id","uid":"u","state":"running","version":"1",
                "authority":"r1"}"""));
        rig.apply(SourcesRig.route("other", "b", "running", "r1", 1));
        assertThat(rig.log.last().sandbox()).isEmpty();

        rig.apply(SourcesRig.route("default", "a", "running", "r1", 2).dead(RouteVersion.of(3)));
        assertThat(rig.log.last().kind()).isEqualTo("route.deleted");
        assertThat(rig.log.last().last()).isTrue();
        assertThat(rig.log.lastData().getString("state")).isEqualTo("dead");
        assertThat(rig.log.events().toString()).doesNotContain("127.64.1.1").doesNotContain("secret");
    }

    @Test
    void route_thatChanges_isToldAsItIsNow() {
        rig.apply(SourcesRig.route("default", "a", "running", "r1", 1));
        rig.apply(SourcesRig.route("default", "a", "paused", "r1", 2));
        assertThat(rig.log.kinds()).containsExactly("route.changed", "route.changed");
        assertThat(rig.log.lastData().getString("state")).isEqualTo("paused");
        assertThat(rig.log.lastData().getString("version")).isEqualTo("2");
        assertThat(rig.log.events()).noneMatch(Event::last);
    }

    @Test
    void route_thatEnds_isToldWithWhatItWas() {
        rig.apply(SourcesRig.route("default", "a", "running", "r1", 1));
        rig.apply(SourcesRig.route("default", "a", "running", "r1", 1).dead(RouteVersion.of(2)));
        assertThat(rig.log.kinds()).containsExactly("route.changed", "route.deleted");
        assertThat(rig.log.last().subject()).isEqualTo("route/default/a");
        assertThat(rig.log.last().sandbox()).isEqualTo("a-id");
        assertThat(rig.log.last().owner()).isEqualTo("team");
        assertThat(rig.log.lastData().getString("uid")).isEqualTo("u");
        assertThat(rig.state()).isEmpty();
    }

    @Test
    void route_ofAnother_orOfAClient_isNotTold() {
        rig.apply(SourcesRig.route("default", "a", "running", "r2", 1));
        rig.apply(SourcesRig.route("default", "b", "running", "", 1));
        rig.apply(SourcesRig.route("client", "c", "running", "r1", 1));
        assertThat(rig.log.events()).isEmpty();
    }

    @Test
    void route_names_withSlashes_areSubjectsOfTheirOwn() {
        rig.apply(SourcesRig.route("a/b", "c", "running", "r1", 1));
        rig.apply(SourcesRig.route("a", "b/c", "running", "r1", 1));
        rig.apply(SourcesRig.route("a%2Fb", "c", "running", "r1", 1));
        assertThat(rig.state()).hasSize(3);
        rig.compare();
        assertThat(rig.log.events()).hasSize(3);
    }

    @Test
    void route_thatIsGone_isDeletedInTheLog_withWhatWasKnownOfIt() {
        rig.apply(SourcesRig.route("default", "a", "running", "r1", 1));
        rig.compare(rig.open(SourcesRig.table()));
        assertThat(rig.log.kinds()).containsExactly("route.changed", "route.deleted");
        assertThat(rig.log.last().last()).isTrue();
        assertThat(rig.log.last().subject()).isEqualTo("route/default/a");
        assertThat(rig.log.last().sandbox()).isEqualTo("a-id");
        assertThat(rig.log.last().owner()).isEqualTo("team");
        assertThat(rig.log.lastData().getString("state")).isEqualTo("dead");
        assertThat(rig.log.lastData().getString("uid")).isEqualTo("u");
    }

    @Test
    void route_thatAnotherTookOver_isLeftToThat() {
        rig.apply(SourcesRig.route("default", "a", "running", "r1", 1));
        RouteTable fresh = SourcesRig.table();
        fresh.apply(SourcesRig.route("default", "a", "paused", "r2", 2));
        rig.compare(rig.open(fresh));
        assertThat(rig.log.kinds()).containsExactly("route.changed");
    }

    @Test
    void connection_ofAClient_isNotToldWhenTheLogIsCompared() {
        rig.apply(SourcesRig.route("client", "c", "connected", "r1", 1));
        rig.compare();
        assertThat(rig.log.events()).isEmpty();
    }
}
