package io.sandgate.proxy.route;

import io.sandgate.proxy.route.RouteResult.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static io.sandgate.proxy.route.Routes.AUTHORITY;
import static io.sandgate.proxy.route.Routes.key;
import static io.sandgate.proxy.route.Routes.route;
import static io.sandgate.proxy.route.Routes.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RouteTableTest {
    private static final String OTHER = "replica-2";
    private static final AddressRanges ALLOWED = AddressRanges.of(List.of("127.64.0.0/10", "10.0.0.0/8"));

    private long now = 1_000_000;
    private final RouteTable table = table(RouteTable.Limits.DEFAULT);
    private final List<RouteChange> changes = new ArrayList<>();

    private RouteTable table(RouteTable.Limits limits) {
        RouteTable made = new RouteTable(limits, ALLOWED, () -> now);
        made.onChange(change -> changes.add(change));
        return made;
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static RouteVersion version(String text) {
        return Objects.requireNonNull(RouteVersion.parse(text));
    }

    private RouteResult delete(String name, long version) {
        return table.delete(key(name), RouteVersion.of(version), AUTHORITY);
    }

    private void assertApplied(RouteResult result, Reason reason) {
        assertThat(result).isEqualTo(RouteResult.applied(reason));
    }

    private void assertIgnored(RouteResult result, Reason reason) {
        int told = changes.size();
        assertThat(result).isEqualTo(RouteResult.ignored(reason));
        assertThat(changes).hasSize(told);
    }

    @Nested
    class Upsert {
        @Test
        void s1_firstWrite_isApplied() {
            assertApplied(table.upsert(running("a", 5)), Reason.NEWER);
            assertThat(table.find("a")).isEqualTo(running("a", 5));
            assertThat(table.get(key("a"))).isEqualTo(running("a", 5));
            assertThat(table.size()).isEqualTo(1);
            assertThat(changes).containsExactly(new RouteChange(null, running("a", 5), null, AUTHORITY));
        }

        @Test
        void s1_newerVersion_replacesAddressIdAndUid() {
            table.upsert(running("a", 5));
            Route newer = new Route("default", "a", "a2", "uid-2", "team-a", "10.0.0.7", "running", RouteVersion.of(6),
                    AUTHORITY, TrafficRules.TOKEN, "\"x\":1");
            assertApplied(table.upsert(newer), Reason.NEWER);
            assertThat(table.find("a2")).isEqualTo(newer);
            assertThat(table.find("a")).isNull();
            assertThat(table.size()).isEqualTo(1);
        }

        @Test
        void s1_equalReplayAndOlder_areIgnored() {
            table.upsert(running("a", 5));
            assertIgnored(table.upsert(running("a", 5)), Reason.STALE_RESOURCE_VERSION);
            assertIgnored(table.upsert(route("a", "other", 4, AUTHORITY)), Reason.STALE_RESOURCE_VERSION);
            assertThat(table.find("a")).isEqualTo(running("a", 5));
            assertThat(table.find("other")).isNull();
        }

        @Test
        void s1_s6_malformed_changesNothingAndAllocatesNothing() {
            Route good = running("a", 5);
            for (Route bad : List.of(
                    new Route("", "a", "a", "u", "", "10.0.0.1", "running", good.version(), "", TrafficRules.OPEN,
                            null),
                    new Route("default", "", "a", "u", "", "10.0.0.1", "running", good.version(), "", TrafficRules.OPEN,
                            null),
                    new Route("default", "a", "", "u", "", "10.0.0.1", "running", good.version(), "", TrafficRules.OPEN,
                            null),
                    new Route("default", "a", "a", "", "", "10.0.0.1", "running", good.version(), "", TrafficRules.OPEN,
                            null))) {
                assertThat(table.upsert(bad)).isEqualTo(RouteResult.invalid(Reason.MISSING_FIELD));
            }
            assertThat(table.delete(new RouteKey("", "a"), good.version(), ""))
                    .isEqualTo(RouteResult.invalid(Reason.MISSING_FIELD));
            assertThat(table.delete(new RouteKey("default", ""), good.version(), ""))
                    .isEqualTo(RouteResult.invalid(Reason.MISSING_FIELD));
            assertThat(table.size()).isZero();
            assertThat(table.fenceCount()).isZero();
            assertThat(changes).isEmpty();
        }

        @Test
        void s8_versionBeyondLong_isComparedByValue() {
            Route route = new Route("default", "a", "a", "u", "", "10.0.0.1", "running",
                    version("18446744073709551616"),
                    "", TrafficRules.OPEN, null);
            assertThat(table.upsert(route("a", "a", Long.MAX_VALUE, "")).isApplied()).isTrue();
            assertThat(table.upsert(route).isApplied()).isTrue();
            assertIgnored(table.upsert(route("a", "a", Long.MAX_VALUE, "")), Reason.STALE_RESOURCE_VERSION);
            assertThat(table.upsert(route.at(version("18446744073709551617"))).isApplied()).isTrue();
        }

        @Test
        void addressOutsideTheAllowedRanges_isInvalid() {
            for (String ip : List.of("192.168.0.1", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "10.1",
                    "sandbox")) {
                Route route = new Route("default", "a", "a", "u", "", ip, "running", RouteVersion.of(1), "",
                        TrafficRules.OPEN,
                        null);
                assertThat(table.upsert(route)).isEqualTo(RouteResult.invalid(Reason.ADDRESS_NOT_ALLOWED));
            }
            assertThat(table.size()).isZero();
        }

        @Test
        void fullTable_takesNoFurtherRouteButChangesOfThoseItHas() {
            RouteTable small = table(new RouteTable.Limits(2, 10, Duration.ofMinutes(10)));
            small.upsert(running("a", 1));
            small.upsert(running("b", 1));
            assertIgnored(small.upsert(running("c", 1)), Reason.TABLE_FULL);
            assertThat(small.upsert(running("a", 2)).isApplied()).isTrue();
            small.delete(key("b"), RouteVersion.of(2), AUTHORITY);
            assertThat(small.upsert(running("c", 1)).isApplied()).isTrue();
        }

        @Test
        void apply_deadRoute_deletes() {
            table.upsert(running("a", 5));
            assertApplied(table.apply(running("a", 5).dead(RouteVersion.of(5))), Reason.DELETED);
            assertThat(table.find("a")).isNull();
        }
    }

    @Nested
    class Delete {
        @Test
        void s2_equalAndNewerVersion_areApplied_olderIsIgnored() {
            table.upsert(running("a", 5));
            table.upsert(running("b", 5));
            assertIgnored(delete("a", 4), Reason.STALE_RESOURCE_VERSION);
            assertThat(table.find("a")).isNotNull();
            assertApplied(delete("a", 5), Reason.DELETED);
            assertApplied(delete("b", 6), Reason.DELETED);
            assertThat(table.find("a")).isNull();
            assertThat(table.get(key("b"))).isNull();
            assertThat(table.fenceCount()).isEqualTo(2);
            assertThat(changes.getLast()).isEqualTo(new RouteChange(running("b", 5), null, null, AUTHORITY));
        }

        @Test
        void s2_unseen_makesAFenceThatIsIdempotentAndAdvances() {
            assertApplied(delete("a", 5), Reason.FENCED);
            assertApplied(delete("a", 5), Reason.FENCED);
            assertIgnored(delete("a", 4), Reason.STALE_RESOURCE_VERSION);
            assertApplied(delete("a", 8), Reason.FENCED);
            assertThat(table.fenceCount()).isEqualTo(1);
            assertIgnored(table.upsert(running("a", 7)), Reason.STALE_RESOURCE_VERSION);
            assertThat(changes).isEmpty();
        }

        @Test
        void s3_upsertAtTheFence_isIgnored_aboveItCrosses() {
            table.upsert(running("a", 5));
            delete("a", 7);
            assertIgnored(table.upsert(running("a", 6)), Reason.STALE_RESOURCE_VERSION);
            assertIgnored(table.upsert(running("a", 7)), Reason.STALE_RESOURCE_VERSION);
            assertApplied(table.upsert(running("a", 8)), Reason.NEWER);
            assertThat(table.fenceCount()).isZero();
        }

        @Test
        void s4_withoutVersion_removesTheRecordAndFencesItsOwnVersion() {
            table.upsert(running("a", 5));
            assertApplied(table.delete(key("a"), null, ""), Reason.DELETED);
            assertIgnored(table.upsert(running("a", 5)), Reason.STALE_RESOURCE_VERSION);
            assertApplied(table.upsert(running("a", 6)), Reason.NEWER);
        }

        @Test
        void s4_withoutVersion_keepsAFenceAndIsNothingForTheUnseen() {
            assertIgnored(table.delete(key("a"), null, ""), Reason.NOTHING_TO_DELETE);
            assertThat(table.fenceCount()).isZero();
            delete("a", 9);
            assertIgnored(table.delete(key("a"), null, ""), Reason.NOTHING_TO_DELETE);
            assertIgnored(table.upsert(running("a", 9)), Reason.STALE_RESOURCE_VERSION);
        }

        @Test
        void ifUnchanged_deletesExactlyWhatWasSeen() {
            table.upsert(running("a", 5));
            Route seen = running("a", 5);
            table.upsert(running("a", 6));
            assertIgnored(table.deleteIfUnchanged(seen), Reason.NOTHING_TO_DELETE);
            assertApplied(table.deleteIfUnchanged(running("a", 6)), Reason.DELETED);
            assertIgnored(table.deleteIfUnchanged(running("a", 6)), Reason.NOTHING_TO_DELETE);
            assertIgnored(table.upsert(running("a", 6)), Reason.STALE_RESOURCE_VERSION);
        }

        @Test
        void ifUnchanged_sameVersionOfAnotherAuthority_isKept() {
            table.upsert(route("a", "a", 5, OTHER));
            assertIgnored(table.deleteIfUnchanged(running("a", 5)), Reason.NOTHING_TO_DELETE);
            assertThat(table.find("a")).isNotNull();
        }
    }

    @Nested
    class Fences {
        private final Duration life = RouteTable.Limits.DEFAULT.fenceLife();

        @Test
        void s3_deadline_isFixedWhenTheFenceIsFirstSet() {
            delete("a", 5);
            pass(life.minusMinutes(2));
            delete("a", 9);
            pass(Duration.ofMinutes(2).plusNanos(1));
            table.delete(key("z"), RouteVersion.of(1), AUTHORITY);
            assertThat(table.fenceCount()).as("only that of z").isEqualTo(1);
            assertApplied(table.upsert(running("a", 2)), Reason.NEWER);
        }

        @Test
        void s3_cleanup_isStrictlyAfterExpiry() {
            delete("a", 5);
            pass(life);
            table.upsert(running("z", 1));
            assertThat(table.fenceCount()).as("at its deadline").isEqualTo(1);
            pass(Duration.ofMinutes(1));
            table.upsert(running("z", 2));
            assertThat(table.fenceCount()).as("after its deadline").isZero();
        }

        @Test
        void s3_cleanup_isNotBeforeItsInterval() {
            delete("a", 5);
            pass(life.minusSeconds(1));
            // a cleanup that finds nothing
            table.upsert(running("z", 1));
            pass(Duration.ofSeconds(2));
            assertIgnored(table.upsert(running("a", 3)), Reason.STALE_RESOURCE_VERSION);
            pass(Duration.ofSeconds(57));
            assertIgnored(table.upsert(running("a", 3)), Reason.STALE_RESOURCE_VERSION);
            pass(Duration.ofSeconds(1));
            assertApplied(table.upsert(running("a", 3)), Reason.NEWER);
        }

        @Test
        void afterCrossing_newFenceLivesFromItsOwnDeletion() {
            delete("a", 5);
            pass(life.minusMinutes(1));
            table.upsert(running("a", 6));
            delete("a", 7);
            pass(life.minusMinutes(2));
            table.upsert(running("z", 1));
            assertIgnored(table.upsert(running("a", 7)), Reason.STALE_RESOURCE_VERSION);
            pass(Duration.ofMinutes(2).plusNanos(1));
            assertApplied(table.upsert(running("a", 7)), Reason.NEWER);
        }

        @Test
        void monotonicClock_mayWrapAround() {
            now = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();
            RouteTable wrapping = table(RouteTable.Limits.DEFAULT);
            wrapping.delete(key("a"), RouteVersion.of(5), AUTHORITY);
            pass(Duration.ofMinutes(5));
            assertIgnored(wrapping.upsert(running("a", 5)), Reason.STALE_RESOURCE_VERSION);
            pass(life);
            assertApplied(wrapping.upsert(running("a", 5)), Reason.NEWER);
        }

        @Test
        void eldest_isEvictedAtTheBound() {
            RouteTable small = table(new RouteTable.Limits(10, 3, life));
            for (int i = 1; i <= 3; i++) {
                pass(Duration.ofMillis(1));
                small.delete(key("f" + i), RouteVersion.of(5), AUTHORITY);
            }
            // advancing makes no fence younger
            small.delete(key("f1"), RouteVersion.of(6), AUTHORITY);
            small.delete(key("f4"), RouteVersion.of(5), AUTHORITY);
            assertThat(small.fenceCount()).isEqualTo(3);
            assertApplied(small.upsert(running("f1", 1)), Reason.NEWER);
            for (String name : List.of("f2", "f3", "f4")) {
                assertIgnored(small.upsert(running(name, 5)), Reason.STALE_RESOURCE_VERSION);
            }
        }
    }

    @Nested
    class Takeover {
        @Test
        void s5_idOfAnotherKey_isTakenOverAndTold() {
            table.upsert(route("a", "x", 5, AUTHORITY));
            assertApplied(table.upsert(route("b", "x", 1, AUTHORITY)), Reason.ID_TAKEOVER);
            assertThat(table.find("x")).isEqualTo(route("b", "x", 1, AUTHORITY));
            assertThat(table.get(key("a"))).as("the loser stays as a watermark").isNotNull();
            assertThat(changes.getLast().displaced()).isEqualTo(route("a", "x", 5, AUTHORITY));
        }

        @Test
        void s5_deletingTheDisplaced_keepsTheTakerActive() {
            table.upsert(route("a", "x", 5, AUTHORITY));
            table.upsert(route("b", "x", 1, AUTHORITY));
            delete("a", 6);
            assertThat(table.find("x")).isEqualTo(route("b", "x", 1, AUTHORITY));
        }

        @Test
        void s5_displacedThatTakesAnotherId_keepsTheTakerActive() {
            table.upsert(route("a", "x", 5, AUTHORITY));
            table.upsert(route("b", "x", 1, AUTHORITY));
            assertApplied(table.upsert(route("a", "y", 6, AUTHORITY)), Reason.NEWER);
            assertThat(table.find("x")).isEqualTo(route("b", "x", 1, AUTHORITY));
            assertThat(table.find("y")).isEqualTo(route("a", "y", 6, AUTHORITY));
        }

        @Test
        void s5_deletingTheTaker_leavesTheIdInactiveUntilTheDisplacedIsNewer() {
            table.upsert(route("a", "x", 5, AUTHORITY));
            table.upsert(route("b", "x", 1, AUTHORITY));
            delete("b", 1);
            assertThat(table.find("x")).isNull();
            assertIgnored(table.upsert(route("a", "x", 5, AUTHORITY)), Reason.STALE_RESOURCE_VERSION);
            assertIgnored(table.upsert(route("b", "x", 1, AUTHORITY)), Reason.STALE_RESOURCE_VERSION);
            assertThat(table.find("x")).as("stale events never revive it").isNull();
            assertApplied(table.upsert(route("a", "x", 6, AUTHORITY)), Reason.NEWER);
            assertThat(table.find("x")).isEqualTo(route("a", "x", 6, AUTHORITY));
        }

        @Test
        void s5_displacedThatIsNewer_takesTheIdBack() {
            table.upsert(route("a", "x", 5, AUTHORITY));
            table.upsert(route("b", "x", 1, AUTHORITY));
            assertApplied(table.upsert(route("a", "x", 6, AUTHORITY)), Reason.ID_TAKEOVER);
            assertThat(table.find("x")).isEqualTo(route("a", "x", 6, AUTHORITY));
            delete("b", 2);
            assertThat(table.find("x")).isEqualTo(route("a", "x", 6, AUTHORITY));
        }
    }

    @Nested
    class Authority {
        @Test
        void foreignAuthorityInTheSameEpoch_isIgnoredUnlessItsIdIsLarger() {
            table.upsert(running("a", 5));
            assertIgnored(table.upsert(route("a", "a", 6, "replica-0")), Reason.FOREIGN_AUTHORITY);
            assertIgnored(table.delete(key("a"), RouteVersion.of(6), "replica-0"), Reason.FOREIGN_AUTHORITY);
            assertThat(table.find("a")).isEqualTo(running("a", 5));
            assertApplied(table.upsert(route("a", "a", 1, "replica-9")), Reason.NEWER);
            assertIgnored(table.upsert(running("a", 9)), Reason.FOREIGN_AUTHORITY);
        }

        @Test
        void rivalsOfOneEpoch_inAnyOrder_leaveTheSameOne() {
            List<Route> rivals = List.of(route("a", "a", 3, "replica-0"), route("a", "a", 2, AUTHORITY),
                    route("a", "a", 1, "replica-9"), route("a", "a", 2, "replica-9").dead(RouteVersion.of(2)),
                    route("a", "a", 7, "replica-0").dead(RouteVersion.of(7)));
            rivals.forEach(table::apply);
            RouteTable other = table(RouteTable.Limits.DEFAULT);
            rivals.reversed().forEach(other::apply);
            assertThat(table.newest(key("a"))).isEqualTo(other.newest(key("a")));
            assertThat(table.size()).isZero();
        }

        @Test
        void takeAndDelete_outranksTheAuthorityThatIsGone() {
            table.upsert(running("a", 5));
            Route seen = Objects.requireNonNull(table.find("a"));
            table.upsert(running("a", 6));
            assertThat(table.takeAndDelete(seen, OTHER)).as("it has changed since").isNull();
            Route now = Objects.requireNonNull(table.find("a"));
            assertThat(table.takeAndDelete(now, OTHER)).isEqualTo(now.dead(RouteVersion.of(1, 1), OTHER));
            assertIgnored(table.upsert(running("a", 7)), Reason.STALE_RESOURCE_VERSION);
            assertThat(changes.getLast()).isEqualTo(new RouteChange(now, null, null, OTHER));
            assertThat(table.nextVersion(key("a"), AUTHORITY)).isEqualTo(RouteVersion.of(2, 1));
        }

        @Test
        void foreignAuthorityInALargerEpoch_takesOver() {
            table.upsert(running("a", 5));
            long next = RouteVersion.of(1, 1).longValue();
            assertApplied(table.upsert(route("a", "a", next, OTHER)), Reason.NEWER);
            assertIgnored(table.upsert(running("a", 6)), Reason.STALE_RESOURCE_VERSION);
            assertIgnored(table.upsert(running("a", next + 1)), Reason.FOREIGN_AUTHORITY);
            assertApplied(table.delete(key("a"), RouteVersion.of(2, 1), "replica-3"), Reason.DELETED);
        }

        @Test
        void externalFeedAndReplica_doNotOverwriteEachOther() {
            table.upsert(route("a", "a", 5, ""));
            table.upsert(running("b", 5));
            assertIgnored(table.upsert(route("a", "a", RouteVersion.of(1, 1).longValue(), AUTHORITY)),
                    Reason.FOREIGN_AUTHORITY);
            assertIgnored(table.upsert(route("b", "b", RouteVersion.of(1, 1).longValue(), "")),
                    Reason.FOREIGN_AUTHORITY);
            assertIgnored(table.delete(key("a"), RouteVersion.of(1, 1), AUTHORITY), Reason.FOREIGN_AUTHORITY);
            assertIgnored(table.delete(key("b"), RouteVersion.of(9), ""), Reason.FOREIGN_AUTHORITY);
            assertApplied(table.upsert(route("a", "a", 6, "")), Reason.NEWER);
        }

        @Test
        void epochJump_ofMoreThanAThousand_isInvalid() {
            assertThat(table.upsert(route("a", "a", RouteVersion.of(1_001, 1).longValue(), AUTHORITY)))
                    .isEqualTo(RouteResult.invalid(Reason.EPOCH_JUMP));
            assertThat(table.delete(key("a"), RouteVersion.of(1_001, 1), AUTHORITY))
                    .isEqualTo(RouteResult.invalid(Reason.EPOCH_JUMP));
            assertApplied(table.upsert(route("a", "a", RouteVersion.of(1_000, 1).longValue(), AUTHORITY)),
                    Reason.NEWER);
            assertThat(table.upsert(route("a", "a", RouteVersion.of(2_001, 1).longValue(), AUTHORITY)))
                    .isEqualTo(RouteResult.invalid(Reason.EPOCH_JUMP));
            assertThat(table.upsert(new Route("default", "a", "a", "u", "", "10.0.0.1", "running",
                    version("99999999999999999999"), AUTHORITY, TrafficRules.OPEN, null)))
                    .isEqualTo(RouteResult.invalid(Reason.EPOCH_JUMP));
            assertThat(table.find("a")).isNotNull();
        }

        @Test
        void epochJump_isNotForExternalFeeds() {
            assertApplied(table.upsert(route("a", "a", Long.MAX_VALUE - 1, "")), Reason.NEWER);
        }

        @Test
        void nextVersion_goesOnFromTheRecordOrTheFence() {
            assertThat(table.nextVersion(key("a"), AUTHORITY)).isEqualTo(RouteVersion.of(0, 1));
            table.upsert(running("a", 5));
            assertThat(table.nextVersion(key("a"), AUTHORITY)).isEqualTo(RouteVersion.of(0, 6));
            assertThat(table.nextVersion(key("a"), OTHER)).isEqualTo(RouteVersion.of(1, 1));
            delete("a", 8);
            assertThat(table.nextVersion(key("a"), AUTHORITY)).isEqualTo(RouteVersion.of(0, 9));
            assertThat(table.nextVersion(key("a"), OTHER)).isEqualTo(RouteVersion.of(1, 1));
        }

        @Test
        void nextVersion_afterAFeedsFence_isTakenByTheTableThatGaveIt() {
            long far = 5_000L << RouteVersion.COUNTER_BITS;
            table.upsert(route("a", "a", far, ""));
            table.delete(key("a"), RouteVersion.of(far), "");
            RouteVersion next = table.nextVersion(key("a"), AUTHORITY);
            assertApplied(table.upsert(running("a", next.longValue())), Reason.NEWER);
        }

        @Test
        void nextVersion_afterAFeedsVersionBeyondLong_isRefused() {
            table.delete(key("a"), version("99999999999999999999"), "");
            assertThatThrownBy(() -> table.nextVersion(key("a"), AUTHORITY)).isInstanceOf(ArithmeticException.class);
            assertIgnored(table.upsert(running("a", RouteVersion.of(1, 1).longValue())), Reason.STALE_RESOURCE_VERSION);
        }
    }
}
