package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.assign.Assignments;
import io.sandgate.gateway.shard.assign.Holding;
import io.sandgate.gateway.shard.assign.Orders;
import io.sandgate.gateway.shard.assign.ShardStanding;
import io.sandgate.gateway.shard.lead.Reign;
import io.sandgate.gateway.shard.pacing.IdentifyPacer;
import io.sandgate.gateway.shard.pacing.Permit;
import io.sandgate.gateway.shard.protocol.GatewayBot;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.proxy.replicate.Loop;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leading replica does during one reign: gives shards and permits to those who poll it, and asks the upstream for
/// what it allows.
///
/// A poll is answered when there is something new for its member, and otherwise after a while. A member that polls again
/// while its poll is held has the held one answered at once, with nothing.
///
/// Confined to the loop.
final class Leader {
    private static final Logger log = LoggerFactory.getLogger(Leader.class);
    /// Between two looks at what has changed without a poll.
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /// The close code of a bot that has too many guilds for its shards.
    private static final String TOO_FEW = "4011";

    /// A member's poll that is not answered yet.
    private record Held(Poll poll, long arrivedAt, CompletableFuture<PollAnswer> answer) {}

    /// What a member was told last.
    private record Told(boolean complete, long plan, Optional<URI> gateway, String halted) {}

    private final ShardSettings settings;
    private final Loop loop;
    private final BotWatch bot;
    private final Supplier<Optional<Reign>> reign;
    private final Supplier<List<String>> eligible;
    private final long term;
    private final Assignments assignments;
    private final IdentifyPacer pacer;
    private final ShardMeters meters;
    private final Map<String, Held> held = new HashMap<>();
    private final Map<String, Long> lives = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, Long> polledAt = new HashMap<>();
    private final Map<String, Told> told = new HashMap<>();
    private final Map<String, String> refusals = new HashMap<>();
    /// Which version of the plan each member follows.
    private final Map<String, Long> follows = new HashMap<>();
    /// Members that want to hold no shards.
    private final Set<String> draining = new HashSet<>();
    private final Rescale rescale = new Rescale();
    private Plan plan;
    private boolean tooFew;
    private boolean ended;
    private Loop.@Nullable Timer timer;

    /// @param reign this replica's; empty once it is over
    /// @param eligible who may hold shards now
    Leader(ShardSettings settings, Loop loop, BotReader reader, IdentifyPacer pacer, Supplier<Optional<Reign>> reign,
            Supplier<List<String>> eligible, Plan plan, ShardMeters meters) {
        this.settings = settings;
        this.loop = loop;
        this.bot = new BotWatch(loop, reader, this::learn, this::pump);
        this.pacer = pacer;
        this.reign = reign;
        this.eligible = eligible;
        this.plan = plan;
        this.meters = meters;
        Reign now = reign.get().orElseThrow();
        this.term = now.term();
        this.assignments = new Assignments(settings.assign(), term, now.since());
        if (plan.isKnown()) {
            assignments.plan(plan.counts(), now.since());
        }
    }

    /// Does what is due; to be called often.
    void tick() {
        if (!ended) {
            long now = loop.nanoTime();
            assignments.eligible(eligible.get().stream().filter(member -> !draining.contains(member)).toList());
            rescaleOn(now);
            bot.tick(pacer.readingWanted(now));
            pump();
        }
    }

    private void learn(GatewayBot answer, long requestedAt) {
        pacer.limit(answer.limit(), requestedAt, loop.nanoTime());
        if (!plan.isKnown()) {
            follow(plan.only(settings.count().orElse(answer.shards())));
        } else if (tooFew && answer.shards() > plan.count() && !plan.isRescaling()) {
            reshard(answer.shards());
        }
        pump();
    }

    private void reshard(int count) {
        try {
            rescale(count);
            tooFew = false;
        } catch (IllegalArgumentException e) {
            log.warn("shards.rescale_refused to={} because=\"{}\"", count, e.getMessage());
        }
    }

    private void follow(Plan next) {
        boolean sameShards = next.counts().equals(plan.counts());
        plan = next;
        if (!sameShards) {
            assignments.plan(next.counts(), loop.nanoTime());
        }
    }

    /// Takes the next steps of a rescale, if there is one.
    private void rescaleOn(long now) {
        Plan before = plan;
        if (before.isRescaling() && mayAssign()) {
            Set<ShardId> live = assignments.standings(now).stream()
                    .filter(standing -> standing.live() && standing.owner().isPresent()).map(ShardStanding::shard)
                    .collect(Collectors.toSet());
            Plan next = rescale.advance(before, live::contains, known(now));
            if (next.version() != before.version()) {
                log.info("shards.rescale from={} to={} cut-over={} closed={}", before.count(),
                        next.isRescaling() ? next.next() : next.count(), next.cut().size(), next.retired().size());
                follow(next);
            }
        }
    }

    /// Which version of the plan all members follow that hold shards.
    private long known(long now) {
        Set<String> owners = assignments.standings(now).stream().flatMap(standing -> standing.owner().stream())
                .collect(Collectors.toSet());
        return owners.stream().mapToLong(owner -> follows.getOrDefault(owner, 0L)).min().orElse(0);
    }

    /// Divides the guilds anew.
    ///
    /// @throws IllegalArgumentException with the reason in words when it cannot be
    void rescale(int count) {
        if (!plan.isKnown()) {
            throw new IllegalArgumentException("it is not known yet how many shards there are");
        }
        if (plan.isRescaling()) {
            throw new IllegalArgumentException(
                    "a rescale from " + plan.count() + " to " + plan.next() + " is under way");
        }
        if (count == plan.count()) {
            throw new IllegalArgumentException("there are " + count + " shards already");
        }
        if (bot.startsLeft() < count) {
            throw new IllegalArgumentException(
                    "the upstream lets the bot start " + bot.startsLeft() + " more sessions today (expected: "
                            + count + ")");
        }
        log.info("shards.rescale from={} to={}", plan.count(), count);
        follow(plan.rescaling(count));
        tick();
    }

    /// Keeps shards disconnected, or lets them connect again.
    ///
    /// @param numbers all when empty
    /// @return which they are
    Set<Integer> disconnect(Set<Integer> numbers, boolean stay) {
        Set<Integer> meant = numbers.isEmpty()
                ? IntStream.range(0, plan.count()).boxed().collect(Collectors.toSet())
                : numbers;
        follow(plan.disconnected(meant, stay));
        pump();
        return meant;
    }

    /// Forgets that the upstream refused the bot, as after the operator has changed something there.
    void forgetRefusals() {
        refusals.clear();
        bot.soon();
        tick();
    }

    /// Takes a member's poll; the answer may come later.
    CompletionStage<PollAnswer> poll(Poll poll) {
        long now = loop.nanoTime();
        CompletableFuture<PollAnswer> answer = new CompletableFuture<>();
        if (ended || !isLatest(poll)) {
            answer.completeExceptionally(new IllegalStateException("not the leader of this poll"));
            return answer;
        }
        if (poll.plan().version() > plan.version()) {
            follow(poll.plan());
        }
        measure(poll, now);
        boolean taken = assignments.poll(poll.member(), poll.life(), poll.term(), poll.holdings(),
                poll.releases(), now)
                && pacer.poll(poll.member(), poll.life(), poll.waiting(), poll.reports(), now);
        if (!taken) {
            answer.completeExceptionally(new IllegalStateException("a poll of a former life, or of another reign"));
            return answer;
        }
        follows.put(poll.member(), poll.plan().version());
        if (poll.drains()) {
            draining.add(poll.member());
        } else {
            draining.remove(poll.member());
        }
        refuse(poll);
        Held before = held.put(poll.member(), new Held(poll, now, answer));
        if (before != null) {
            before.answer().completeExceptionally(new IllegalStateException("a later poll came"));
        }
        loop.after(settings.hold(), () -> {
            Held still = held.get(poll.member());
            if (still != null && still.poll().number() == poll.number() && still.poll().life() == poll.life()) {
                answer(still, orders(poll.member()), List.of());
            }
        });
        pump();
        return answer;
    }

    /// What never happens is measured all the same: that a member says it may act for a shard which another one has.
    private void measure(Poll poll, long now) {
        long since = now - polledAt.getOrDefault(poll.member(), now);
        polledAt.put(poll.member(), now);
        long twice = poll.holdings().stream().filter(Holding::fresh).filter(holding -> assignments
                .owner(holding.shard(), now).filter(owner -> !owner.equals(poll.member())).isPresent()).count();
        if (twice > 0) {
            log.warn("shards.double_owner member={} shards={} for={}", poll.member(), twice, Duration.ofNanos(since));
            meters.doubleOwner(Duration.ofNanos(since * twice));
        }
    }

    /// Where the count is the upstream's to say, too few shards are a reason to ask it.
    private void refuse(Poll poll) {
        boolean reshard = poll.refused().startsWith(TOO_FEW) && settings.count().isEmpty();
        if (reshard && !tooFew) {
            tooFew = true;
            bot.soon();
        }
        if (poll.refused().isEmpty() || (reshard && !isHopeless())) {
            refusals.remove(poll.member());
        } else {
            refusals.put(poll.member(), poll.refused());
        }
    }

    /// Whether the upstream refuses the count that it recommends.
    private boolean isHopeless() {
        return !bot.isReading() && !plan.isRescaling() && bot.recommended() > 0
                && bot.recommended() <= plan.count();
    }

    /// Whether no later poll of the member came before. Each life counts its polls anew, and its first ones may never get here.
    private boolean isLatest(Poll poll) {
        Long known = lives.get(poll.member());
        if (known != null && poll.life() < known) {
            return false;
        }
        if (known == null || poll.life() > known) {
            lives.put(poll.member(), poll.life());
            numbers.remove(poll.member());
            told.remove(poll.member());
        }
        return numbers.merge(poll.member(), poll.number(), Math::max) == poll.number();
    }

    /// Answers the polls for which there is something new, and sets the timer for when there may be more.
    private void pump() {
        if (ended) {
            return;
        }
        long now = loop.nanoTime();
        assignments.decide(mayAssign(), now);
        for (Held each : new ArrayList<>(held.values())) {
            String member = each.poll().member();
            List<Permit> permits = halted().isEmpty() && bot.error().isEmpty() && mayAssign()
                    ? pacer.grants(member, now, each.arrivedAt())
                    : List.of();
            Told last = told.get(member);
            boolean decided = mayAssign() && last != null && !last.complete() && orders(member).complete();
            if (!permits.isEmpty() || assignments.hasNews(member) || decided || last == null
                    || !last.equals(tell(last.complete()))) {
                answer(each, orders(member), permits);
            }
        }
        if (timer != null) {
            timer.cancel();
        }
        long permits = pacer.nextChange(now).stream().map(at -> at - now).findFirst().orElse(Long.MAX_VALUE);
        long next = Math.min(permits, assignments.nextChange(now).orElse(Long.MAX_VALUE));
        if (next != Long.MAX_VALUE) {
            timer = loop.after(Duration.ofNanos(Math.max(next, SHORTEST.toNanos())), this::pump);
        }
    }

    private Orders orders(String member) {
        return assignments.orders(member, mayAssign(), loop.nanoTime());
    }

    private boolean mayAssign() {
        return reign.get().map(Reign::mayAssign).orElse(false);
    }

    private boolean mayRenew() {
        return reign.get().map(now -> now.mayAssign() || settings.keepWithHalf()).orElse(false);
    }

    private void answer(Held each, Orders orders, List<Permit> permits) {
        held.remove(each.poll().member());
        if (!mayRenew()) {
            each.answer().completeExceptionally(new IllegalStateException("no majority"));
            return;
        }
        told.put(each.poll().member(), tell(orders.complete()));
        each.answer().complete(new PollAnswer(term, orders, permits, plan, bot.gateway(), halted()));
    }

    private Told tell(boolean complete) {
        return new Told(complete, plan.version(), bot.gateway(), halted());
    }

    /// Why the upstream refuses the bot, and so no session is begun; empty when it does not.
    String halted() {
        return refusals.values().stream().findFirst().orElse("");
    }

    /// Why the upstream's API did not answer when it was last asked; empty when it did.
    String upstreamError() {
        return bot.error();
    }

    Assignments assignments() {
        return assignments;
    }

    IdentifyPacer pacer() {
        return pacer;
    }

    long term() {
        return term;
    }

    Plan plan() {
        return plan;
    }

    void end() {
        ended = true;
        bot.end();
        if (timer != null) {
            timer.cancel();
        }
        held.values().forEach(each -> each.answer().completeExceptionally(new IllegalStateException("leads no more")));
        held.clear();
    }
}
