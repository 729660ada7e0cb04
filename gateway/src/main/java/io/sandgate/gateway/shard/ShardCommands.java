package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.Shards.Command;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What operators want of shards, carried out by whom it is for: connecting anew by those who hold them, and what is to last by
/// the leader.
///
/// Confined to the loop.
final class ShardCommands {
    private static final String RESCALE = "RESCALE";
    private static final String NOBODY_LEADS = "no replica leads now (expected: more than half of all to be there)";
    private static final String NOT_HERE = "the replica that was asked leads no more; try again";

    private final String self;
    private final ShardHolder holder;
    private final Leadership leadership;
    private final ShardPeers peers;
    private final Function<JsonObject, CompletionStage<Collection<JsonObject>>> others;
    private final Duration timeout;

    /// @param others has all other replicas carry a command out, and gives the answers of those that did
    ShardCommands(String self, ShardHolder holder, Leadership leadership, ShardPeers peers,
            Function<JsonObject, CompletionStage<Collection<JsonObject>>> others, Duration timeout) {
        this.self = self;
        this.holder = holder;
        this.leadership = leadership;
        this.peers = peers;
        this.others = others;
        this.timeout = timeout;
    }

    /// Has a command carried out wherever that is.
    ///
    /// @param numbers of shards; all when empty
    /// @return `shards`, the numbers that it is about, and `refused`, why it cannot be; empty when it can
    CompletionStage<JsonObject> give(Command command, Set<Integer> numbers) {
        JsonObject body = new JsonObject().put("command", command.name()).put("numbers",
                new JsonArray(List.copyOf(numbers)));
        if (command != Command.RESTART) {
            return toLeader(body);
        }
        JsonObject here = carryOut(body);
        return others.apply(body).thenApply(answers -> {
            JsonArray done = here.getJsonArray("shards").copy();
            answers.forEach(answer -> done.addAll(answer.getJsonArray("shards")));
            return answer(done, "");
        });
    }

    /// Has the leader begin a rescale; the answer is that of [#give].
    CompletionStage<JsonObject> rescale(int count) {
        return toLeader(new JsonObject().put("command", RESCALE).put("count", count));
    }

    private CompletionStage<JsonObject> toLeader(JsonObject body) {
        Optional<String> leader = leadership.leaderId();
        if (leader.isEmpty()) {
            return CompletableFuture.completedStage(answer(new JsonArray(), NOBODY_LEADS));
        }
        return leader.get().equals(self)
                ? CompletableFuture.completedStage(carryOut(body))
                : peers.send(leader.get(), PeerCall.COMMAND, body, timeout);
    }

    /// Carries out what this replica is to do of a command.
    ///
    /// @throws IllegalArgumentException when it is none
    JsonObject carryOut(JsonObject body) {
        String name = body.getString("command");
        if (name.equals(RESCALE)) {
            return rescaleHere(body.getInteger("count"));
        }
        Command command = Command.valueOf(name);
        Set<Integer> numbers = body.getJsonArray("numbers").stream().map(Integer.class::cast)
                .collect(Collectors.toSet());
        if (command == Command.RESTART) {
            leadership.leader().ifPresent(Leader::forgetRefusals);
            return answer(PollJson.list(holder.restart(numbers), ShardId::number), "");
        }
        return leadership.leader().map(leader -> answer(
                new JsonArray(List.copyOf(leader.disconnect(numbers, command == Command.DISCONNECT))), ""))
                .orElseGet(() -> answer(new JsonArray(), NOT_HERE));
    }

    private JsonObject rescaleHere(int count) {
        Optional<Leader> leader = leadership.leader();
        if (leader.isEmpty()) {
            return answer(new JsonArray(), NOT_HERE);
        }
        try {
            leader.get().rescale(count);
            return answer(new JsonArray(), "");
        } catch (IllegalArgumentException e) {
            return answer(new JsonArray(), String.valueOf(e.getMessage()));
        }
    }

    private static JsonObject answer(JsonArray shards, String refused) {
        return new JsonObject().put("shards", shards).put("refused", refused);
    }
}
