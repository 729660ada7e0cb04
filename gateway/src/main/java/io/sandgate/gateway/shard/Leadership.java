package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.lead.Ballot;
import io.sandgate.gateway.shard.lead.Election;
import io.sandgate.gateway.shard.lead.Reign;
import io.sandgate.gateway.shard.lead.Verdict;
import io.sandgate.proxy.replicate.Loop;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This replica's part in electing a leader, and what it does as one.
///
/// Confined to the loop.
final class Leadership {
    private static final Logger log = LoggerFactory.getLogger(Leadership.class);

    private final ShardSettings settings;
    private final Loop loop;
    private final Election election;
    private final Electorate electorate;
    private final ShardPeers peers;
    private final Function<Reign, Leader> leaders;
    private @Nullable Leader leader;

    /// @param leaders what this replica does in a reign
    Leadership(ShardSettings settings, Loop loop, Election election, Electorate electorate, ShardPeers peers,
            Function<Reign, Leader> leaders) {
        this.settings = settings;
        this.loop = loop;
        this.election = election;
        this.electorate = electorate;
        this.peers = peers;
        this.leaders = leaders;
    }

    /// Does what is due; to be called often.
    void tick() {
        election.tick(electorate.candidates(), electorate.size(), loop.nanoTime()).ifPresent(this::ask);
        crown();
        if (leader != null) {
            leader.tick();
        }
    }

    private void ask(Ballot ballot) {
        JsonObject body = new JsonObject().put("candidate", ballot.candidate()).put("life", ballot.incarnation())
                .put("term", ballot.term()).put("leading", ballot.leading()).put("release", ballot.release());
        for (String other : electorate.others()) {
            peers.send(other, PeerCall.VOTE, body, settings.vote())
                    .whenComplete((answer, failure) -> loop.execute(() -> {
                        if (failure == null) {
                            election.verdict(other, ballot,
                                    new Verdict(answer.getBoolean("granted", false), answer.getLong("highestTerm", 0L)),
                                    loop.nanoTime());
                            crown();
                        }
                    }));
        }
    }

    /// Begins to lead, or ends it.
    private void crown() {
        Optional<Reign> reign = reign();
        Leader now = leader;
        if (now != null && reign.map(Reign::term).filter(term -> term == now.term()).isEmpty()) {
            log.info("shards.leads_no_more term={}", now.term());
            now.end();
            leader = null;
        }
        if (leader == null && reign.isPresent()) {
            log.info("shards.leads term={} voters={}", reign.get().term(), electorate.size());
            leader = leaders.apply(reign.get());
            // so that the others hear of it at once
            election.tick(electorate.candidates(), electorate.size(), loop.nanoTime()).ifPresent(this::ask);
        }
    }

    /// Answers another replica's ballot.
    JsonObject vote(JsonObject body) {
        Verdict verdict = election
                .vote(new Ballot(body.getString("candidate"), body.getLong("life"), body.getLong("term"),
                        body.getBoolean("leading"), body.getBoolean("release"), 0), loop.nanoTime());
        return new JsonObject().put("granted", verdict.granted()).put("highestTerm", verdict.highestTerm());
    }

    /// What this replica does as the leader, while it is.
    Optional<Leader> leader() {
        crown();
        return Optional.ofNullable(leader);
    }

    /// Who leads, as far as is known.
    Optional<String> leaderId() {
        return election.leader(loop.nanoTime());
    }

    /// Which reign that is.
    OptionalLong leaderTerm() {
        return election.leaderTerm(loop.nanoTime());
    }

    Optional<Reign> reign() {
        return election.reign(loop.nanoTime());
    }

    /// Gives up leading, so that another one can at once.
    void resign() {
        election.resign(loop.nanoTime()).ifPresent(this::ask);
        crown();
    }
}
