package io.sandgate.api;

import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteVersion;
import io.sandgate.proxy.route.TrafficRules;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReassertionTest {
    private static final Route MINE = new Route("default", "a", "a", "u", "", "127.64.1.1", "running",
            RouteVersion.of(1), "self", TrafficRules.OPEN, null);
    private static final Route FED = new Route("default", "a", "a", "u", "", "127.64.1.1", "running",
            RouteVersion.of(1), "self", TrafficRules.OPEN, "\"fed\":true");

    private final List<String> announced = new ArrayList<>();
    private final Reassertion reassertion = new Reassertion("self", announced::add);

    @Test
    void ownRoute_thatAnotherTookOrCleared_isAnnouncedAnew() {
        reassertion.changed(new RouteChange(MINE, null, null, "sweeper"));
        reassertion.changed(new RouteChange(MINE, MINE, null, "other"));
        assertThat(announced).containsExactly("a", "a");
    }

    @Test
    void ownChange_foreignRouteAndFedOne_areLeftAlone() {
        reassertion.changed(new RouteChange(MINE, null, null, "self"));
        reassertion.changed(new RouteChange(null, MINE, null, "other"));
        reassertion.changed(new RouteChange(MINE.dead(RouteVersion.of(2), "other"), null, null, "sweeper"));
        reassertion.changed(new RouteChange(FED, null, null, "sweeper"));
        assertThat(announced).isEmpty();
    }
}
