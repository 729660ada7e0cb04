package io.sandgate.api.admin;

import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.MemberState;
import io.sandgate.membership.Membership;
import io.sandgate.membership.SweepRule;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/// The members as this replica sees them, in the form of `GET /cluster`.
public final class ClusterView {
    private final Membership membership;
    private final RouteCounts routes;

    public ClusterView(Membership membership, RouteCounts routes) {
        this.membership = membership;
        this.routes = routes;
    }

    /// `{"self","view","sweeper","members":[…]}`; `ageMs` is how long ago a member was last heard, 0 for this one.
    JsonObject json() {
        List<Member> members = membership.members();
        JsonArray list = new JsonArray();
        members.forEach(member -> list.add(json(member)));
        String sweeper = SweepRule.sweeper(members, membership::health).orElse("");
        return new JsonObject().put("self", membership.self().id()).put("view", membership.view())
                .put("sweeper", sweeper).put("members", list);
    }

    private boolean isRoutable(Member member) {
        return member.state() == MemberState.READY && membership.health(member.id()) == MemberHealth.ROUTABLE;
    }

    private JsonObject json(Member member) {
        return new JsonObject().put("id", member.id()).put("incarnation", member.incarnation())
                .put("state", member.state().name().toLowerCase(Locale.ROOT))
                .put("routable", isRoutable(member))
                .put("ageMs", membership.age(member.id()).toMillis())
                .put("routes", routes.of(member.id())).put("peer", member.peer().toString())
                .put("public", member.publicEndpoint().toString());
    }
}
