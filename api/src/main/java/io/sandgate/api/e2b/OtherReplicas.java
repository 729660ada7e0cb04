package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.e2b.PeerFailure.Kind;
import io.sandgate.membership.Member;
import io.sandgate.membership.MemberHealth;
import io.sandgate.membership.Membership;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// The other members as this replica asks them in its own name.
///
/// @param membership who they are
/// @param peers speaks with them
record OtherReplicas(Membership membership, PeerClient peers) {

    /// No team can have this name.
    private static final String NOBODY = "-";

    String self() {
        return membership.self().id();
    }

    List<Member> all() {
        return membership.members().stream().filter(member -> !member.id().equals(self())).toList();
    }

    List<Member> routable() {
        return all().stream().filter(member -> membership.health(member.id()) == MemberHealth.ROUTABLE).toList();
    }

    /// Fails with [PeerFailure] when there is no answer, or one that is no JSON.
    ///
    /// @param purpose a tag of the metrics
    Future<Answer> ask(Member member, HttpMethod method, String path, String query, Buffer body, String purpose,
            Duration deadline) {
        ApiRequest request = new ApiRequest(NOBODY, self(), "", query, body);
        return peers.send(member, new PeerRequest(method, path, request), purpose, deadline).map(reply -> {
            try {
                return new Answer(reply.status(), Json.read(reply.body()));
            } catch (IOException e) {
                throw new PeerFailure(Kind.BROKEN, "status " + reply.status() + " with something else than JSON");
            }
        });
    }

    /// What a replica answered.
    ///
    /// @param json missing where there is no body
    record Answer(int status, JsonNode json) {

        /// The body of a success.
        JsonNode success() {
            if (status != 200) {
                throw new PeerFailure(Kind.BROKEN, "status " + status + ": " + json.path("message").asText());
            }
            return json;
        }
    }
}
