package io.sandgate.proxy.replicate;

import io.sandgate.membership.Member;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Asks whether a replica that is no member any more still answers: this replica itself and a few members look from where
/// they are.
///
/// Who coordinates a view drops from it whom only the coordinator does not hear. So that one is gone for everybody says
/// nothing on whether it lives. May be used from any thread.
public final class Witnesses {
    /// So many members look at once: enough that a cut that spares anybody spares one of them, as a rule.
    static final int MOST = 5;
    /// For the answer of the one that is looked for: a handshake may be among it.
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// For the answer of a member that looks.
    private static final Duration ASK = Duration.ofSeconds(3);
    private static final int MAX_ANSWER_BYTES = 1024;

    /// What came of asking.
    public enum Testimony {
        /// Somebody reaches the replica.
        REACHED,
        /// Those who answered do not reach it.
        NOT_REACHED,
        /// There are members to ask, and none of them answered: it is this replica that reaches nobody.
        UNKNOWN;

        /// The value of a metric's tag.
        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final HttpPeers peers;
    private final Supplier<List<Member>> members;
    private final Function<String, Optional<Member>> lastKnown;
    private final RandomGenerator random;

    /// @param members those that may be asked
    /// @param lastKnown a member as it was seen last, also one that left
    public Witnesses(HttpPeers peers, Supplier<List<Member>> members, Function<String, Optional<Member>> lastKnown,
            RandomGenerator random) {
        this.peers = peers;
        this.members = members;
        this.lastKnown = lastKnown;
        this.random = random;
    }

    /// Whether this replica, or one of a few members chosen at random, reaches the peer listener of that replica. Never
    /// fails, and takes 4 s at most.
    public CompletionStage<Testimony> look(String id) {
        List<Member> asked = new ArrayList<>(members.get());
        asked.removeIf(member -> member.id().equals(id));
        Collections.shuffle(asked, Random.from(random));
        Future<Testimony> own = Future.fromCompletionStage(reaches(id))
                .map(reached -> reached ? Testimony.REACHED : Testimony.NOT_REACHED);
        List<Future<Testimony>> others = asked.stream().limit(MOST).map(member -> ask(member, id)).toList();
        return Future.join(others).otherwiseEmpty().compose(all -> own)
                .map(seen -> sum(seen, others.stream().map(Future::result).toList())).toCompletionStage();
    }

    private static Testimony sum(Testimony own, List<Testimony> others) {
        if (own == Testimony.REACHED || others.contains(Testimony.REACHED)) {
            return Testimony.REACHED;
        }
        return others.isEmpty() || others.contains(Testimony.NOT_REACHED) ? Testimony.NOT_REACHED : Testimony.UNKNOWN;
    }

    private Future<Testimony> ask(Member member, String id) {
        return peers.exchange(peers.request(HttpMethod.GET, member.peer(), "/reach/" + HttpPeers.encoded(id), ASK)
                .setConnectTimeout(LOOK.toMillis()), Buffer.buffer(), ASK, response -> {
                    HttpPeers.requireAnswerOf(member, response);
                    return BoundedBody.read(response, MAX_ANSWER_BYTES).map(Witnesses::testimony);
                }).otherwise(Testimony.UNKNOWN);
    }

    private static Testimony testimony(Buffer body) {
        return Boolean.TRUE.equals(new JsonObject(body).getBoolean("reached"))
                ? Testimony.REACHED
                : Testimony.NOT_REACHED;
    }

    /// Whether this replica reaches that one: it answers as itself, where it was last, within a second. Never fails.
    public CompletionStage<Boolean> reaches(String id) {
        return lastKnown.apply(id).map(this::answers).orElseGet(() -> Future.succeededFuture(false))
                .toCompletionStage();
    }

    private Future<Boolean> answers(Member member) {
        String nonce = Long.toHexString(random.nextLong());
        return peers.exchange(peers.request(HttpMethod.GET, member.peer(), "/probe?nonce=" + nonce, LOOK)
                .setConnectTimeout(LOOK.toMillis()), Buffer.buffer(), LOOK,
                response -> echoed(member, response, nonce)).otherwise(false);
    }

    private static Future<Boolean> echoed(Member member, HttpClientResponse response, String nonce) {
        HttpPeers.requireAnswerOf(member, response);
        return BoundedBody.read(response, MAX_ANSWER_BYTES).map(body -> body.toString().equals(nonce));
    }
}
