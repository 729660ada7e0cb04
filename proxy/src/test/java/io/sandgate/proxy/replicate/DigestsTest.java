package io.sandgate.proxy.replicate;

import io.sandgate.membership.RouteSummary;
import io.sandgate.proxy.route.AddressRanges;
import io.sandgate.proxy.route.Route;
import io.sandgate.proxy.route.RouteChange;
import io.sandgate.proxy.route.RouteHash;
import io.sandgate.proxy.route.RouteTable;
import io.sandgate.proxy.route.RouteVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.route.Routes.key;
import static io.sandgate.proxy.route.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DigestsTest {
    private static RouteTable table(RouteHash hash) {
        return new RouteTable(RouteTable.Limits.DEFAULT, AddressRanges.of(List.of("127.64.0.0/10")), () -> 0, hash);
    }

    private final RouteTable table = table(RouteHash.OPEN);
    private final Digests digests = new Digests(table);

    @Test
    void digest_ofTheSameRoutesInAnyOrder_isTheSame() {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            routes.add(route("r" + i, "r" + i, 1 + i % 3, "p1"));
        }
        routes.forEach(table::upsert);
        Collections.shuffle(routes, new Random(1));
        RouteTable other = table(RouteHash.OPEN);
        Digests others = new Digests(other);
        routes.forEach(other::upsert);
        assertThat(digests.digest("p1")).isEqualTo(others.digest("p1"));
        assertThat(digests.summary("p1")).isEqualTo(others.digest("p1").summary());
        assertThat(digests.summary("p1").count()).isEqualTo(2_000);
    }

    @Test
    void digest_afterRandomChanges_isThatOfWhatIsLeft() {
        Random random = new Random(7);
        for (int step = 0; step < 20_000; step++) {
            String name = "r" + random.nextInt(900);
            String authority = "p" + random.nextInt(3);
            RouteVersion version = table.nextVersion(key(name), authority);
            if (random.nextInt(3) == 0) {
                table.delete(key(name), version, authority);
            } else {
                table.upsert(route(name, name, version.longValue(), authority));
            }
        }
        assertThat(table.size()).isPositive();
        Digests anew = new Digests(table);
        assertThat(digests.summaries()).isEqualTo(anew.summaries());
        for (String authority : anew.summaries().keySet()) {
            assertThat(digests.digest(authority)).isEqualTo(anew.digest(authority));
        }
        digests.check(authority -> {
            throw new AssertionError(authority);
        });
    }

    @Test
    void check_ofADigestThatIsWrong_putsItRightAndTellsWhose() {
        for (int i = 0; i < 1_000; i++) {
            table.upsert(route("r" + i, "r" + i, 1, "p" + i % 3));
        }
        RouteSummary right = digests.summary("p1");
        Route phantom = route("phantom", "phantom", 1, "p1");
        digests.changed(new RouteChange(null, phantom, null, "p1"));
        List<String> wrong = new ArrayList<>();
        digests.check(wrong::add);
        assertThat(wrong).containsExactly("p1");
        assertThat(digests.summary("p1")).isEqualTo(right);
        digests.check(wrong::add);
        assertThat(wrong).hasSize(1);
    }

    @Test
    void check_whileRoutesChange_findsNothingWrong() throws Exception {
        Thread changing = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 20_000; i++) {
                table.upsert(route("r" + i % 500, "r" + i % 500, i + 1, "p" + i % 500 % 3));
            }
        });
        while (changing.isAlive()) {
            digests.check(authority -> {
                throw new AssertionError(authority);
            });
        }
        changing.join();
    }

    @Test
    void change_ofOneRoute_changesOneBucket() {
        table.upsert(route("a", "a", 1, "p1"));
        Digest before = digests.digest("p1");
        table.upsert(route("a", "a", 2, "p1"));
        assertThat(digests.digest("p1").differing(before)).containsExactly(RouteHash.OPEN.bucket(key("a")));
        table.upsert(route("b", "b", 1, "p1"));
        table.delete(key("b"), RouteVersion.of(2), "p1");
        assertThat(digests.digest("p1").differing(before)).hasSize(1);
    }

    @Test
    void authority_withoutRoutes_hasNoDigest() {
        assertThat(digests.summary("p1")).isEqualTo(RouteSummary.NONE);
        table.upsert(route("a", "a", 1, "p1"));
        table.upsert(route("a", "a", RouteVersion.of(1, 1).longValue(), "p2"));
        assertThat(digests.summaries()).containsOnlyKeys("p2");
        assertThat(digests.digest("p1")).isEqualTo(Digest.EMPTY);
        table.delete(key("a"), null, "p2");
        assertThat(digests.summaries()).isEqualTo(Map.of());
    }

    @Test
    void anotherSecret_isAnotherDigest() {
        RouteTable secret = table(RouteHash.of("secret"));
        Digests secrets = new Digests(secret);
        table.upsert(route("a", "a", 1, "p1"));
        secret.upsert(route("a", "a", 1, "p1"));
        assertThat(secrets.summary("p1")).isNotEqualTo(digests.summary("p1"));
    }

    @Test
    void bytes_areReadAgainAndAnyOtherNumberIsRefused() {
        table.upsert(route("a", "a", 1, "p1"));
        Digest digest = digests.digest("p1");
        assertThat(Digest.read(digest.bytes(), 1)).isEqualTo(digest);
        for (int length : new int[]{0, 8, 4095 * 8, 4097 * 8}) {
            assertThatThrownBy(() -> Digest.read(new byte[length], 1)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(expected: 4096)");
        }
    }
}
