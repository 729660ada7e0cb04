package io.sandgate.gateway.shard;

import io.sandgate.gateway.shard.assign.Holding;
import io.sandgate.gateway.shard.assign.Orders;
import io.sandgate.gateway.shard.assign.Orders.Lease;
import io.sandgate.gateway.shard.assign.Release;
import io.sandgate.gateway.shard.pacing.Permit;
import io.sandgate.gateway.shard.pacing.PermitReport;
import io.sandgate.gateway.shard.pacing.Waiting;
import io.sandgate.gateway.shard.protocol.CloseRule;
import io.sandgate.gateway.shard.protocol.Payload;
import io.sandgate.gateway.shard.protocol.ShardId;
import io.sandgate.gateway.shard.record.SessionRecord;
import io.sandgate.gateway.shard.record.SessionRecords;
import io.sandgate.gateway.shard.session.SessionContext;
import io.sandgate.gateway.shard.session.SessionView;
import io.sandgate.gateway.shard.session.ShardLease;
import io.sandgate.gateway.shard.session.ShardSession;
import io.sandgate.gateway.shard.session.ShardState;
import io.sandgate.gateway.shard.session.Surroundings;
import io.sandgate.proxy.replicate.Loop;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The shards that this replica has: starts and ends their sessions as the leader's answers say, and keeps what the leader has to
/// be told.
///
/// Confined to the loop.
final class ShardHolder implements Surroundings {
    private static final Logger log = LoggerFactory.getLogger(ShardHolder.class);

    /// A shard of this replica's. Its session begins when it is known what it may go on with.
    private static final class Held {
        final ShardLease lease;
        @Nullable
        ShardSession session;

        Held(ShardLease lease) {
            this.lease = lease;
        }
    }

    private final ShardSettings settings;
    private final Loop loop;
    private final SessionRecords records;
    private final Turns turns;
    private final Function<Surroundings, SessionContext> contexts;
    private final RecordFinder finder;
    private final ShardMeters meters;
    private final Map<ShardId, Held> held = new TreeMap<>();
    private final Map<ShardId, Release> releases = new LinkedHashMap<>();
    private final Map<Long, PermitReport> reports = new LinkedHashMap<>();
    private Plan plan = Plan.NONE;
    private Optional<URI> gateway = Optional.empty();
    private String refused = "";
    private String halted = "";
    private boolean drains;
    private long attempts;
    private @Nullable SessionContext context;
    private SessionWatch watch = SessionWatch.NONE;
    private News news = News.NONE;
    private final ShardTeller teller;

    /// @param contexts what the sessions share, around the given surroundings
    /// @param finder finds the newest records of shards that are new here
    /// @param listener hears what becomes of the shards
    ShardHolder(ShardSettings settings, Loop loop, SessionRecords records,
            Function<Surroundings, SessionContext> contexts,
            RecordFinder finder, ShardListener listener, ShardMeters meters) {
        this.settings = settings;
        this.loop = loop;
        this.records = records;
        this.turns = new Turns(loop, settings.dialsAtOnce());
        this.contexts = contexts;
        this.finder = finder;
        this.teller = new ShardTeller(listener);
        this.meters = meters;
    }

    /// Who is told from now on that the leader should hear something.
    void tells(News listener) {
        news = listener;
    }

    // --- what the leader is told --------------------------------------------------------------------------------------------

    Poll poll(String self, long life, long term, long number) {
        List<Holding> holdings = new ArrayList<>();
        List<Waiting> waiting = new ArrayList<>();
        held.forEach((id, each) -> {
            ShardSession session = each.session;
            boolean live = session != null && (session.state() == ShardState.LIVE || isAtRest(session.state()));
            holdings.add(new Holding(id, each.lease.epoch(), each.lease.isFresh(), live));
            if (session != null) {
                session.waiting()
                        .ifPresent(attempt -> waiting.add(new Waiting(id, attempt, id.count() == plan.count())));
            }
        });
        return new Poll(self, life, term, number, holdings, List.copyOf(releases.values()), waiting,
                List.copyOf(reports.values()), refused, drains, plan);
    }

    private static boolean isAtRest(ShardState state) {
        return state == ShardState.DISCONNECTED || state == ShardState.REFUSED;
    }

    /// A leader has heard this poll.
    void heard(Poll poll) {
        poll.releases().forEach(release -> releases.remove(release.shard(), release));
        poll.reports().forEach(report -> reports.remove(report.permit(), report));
    }

    // --- what the leader says ------------------------------------------------------------------------------------------------

    /// Follows an answer.
    ///
    /// @param sentAt when the poll was sent: from then on its leases and permits count
    /// @param latest whether no later poll was answered yet
    void follow(PollAnswer answer, long sentAt, boolean latest) {
        long until = sentAt + settings.leaseNanos();
        if (latest) {
            Plan next = plan.latest(answer.plan());
            if (next.count() != plan.count()) {
                // what the upstream said of the old shards says nothing of the new ones
                refused = "";
            }
            plan = next;
            gateway = answer.gateway().isPresent() ? answer.gateway() : gateway;
            halt(answer.halted());
            drop(answer.orders());
        }
        List<Lease> fresh = new ArrayList<>();
        for (Lease lease : answer.orders().leases()) {
            Held mine = held.get(lease.shard());
            if (mine != null) {
                if (latest && mine.lease.epoch() <= lease.epoch() && until - loop.nanoTime() > 0) {
                    mine.lease.renew(lease.epoch(), until);
                    leaseChanged(mine);
                }
            } else if (latest && !releases.containsKey(lease.shard())) {
                held.put(lease.shard(), new Held(new ShardLease(loop::nanoTime, lease.epoch(), until)));
                fresh.add(lease);
            }
        }
        begin(fresh);
        if (latest) {
            answer.orders().giveBack().forEach(this::giveBack);
            disconnect();
        }
        for (Permit permit : answer.permits()) {
            ShardSession session = session(permit.shard());
            if (session == null) {
                permitUsed(permit.id(), permit.shard(), PermitFate.UNUSED);
            } else {
                session.permit(permit.attempt(), permit.id(), sentAt + settings.pacing().permitLife().toNanos());
            }
        }
    }

    private @Nullable ShardSession session(ShardId id) {
        Held mine = held.get(id);
        return mine == null ? null : mine.session;
    }

    private static void leaseChanged(Held mine) {
        if (mine.session != null) {
            mine.session.leaseChanged();
        }
    }

    private void begin(List<Lease> fresh) {
        List<ShardId> unknown = new ArrayList<>();
        for (Lease lease : fresh) {
            if (lease.session().isPresent()) {
                records.put(lease.session().get());
                start(lease.shard(), lease.epoch(), true);
            } else {
                unknown.add(lease.shard());
            }
        }
        if (!unknown.isEmpty()) {
            Map<ShardId, Long> epochs = new LinkedHashMap<>();
            fresh.forEach(lease -> epochs.put(lease.shard(), lease.epoch()));
            finder.find(unknown).whenComplete((found, failure) -> loop.execute(() -> {
                if (found != null) {
                    found.forEach(records::put);
                }
                unknown.forEach(id -> start(id, epochs.getOrDefault(id, 0L), false));
            }));
        }
    }

    private void start(ShardId id, long epoch, boolean handedOver) {
        Held mine = held.get(id);
        if (mine == null || mine.session != null || mine.lease.epoch() < epoch) {
            return;
        }
        if (context == null) {
            context = contexts.apply(this);
        }
        Optional<SessionRecord> record = records.find(id);
        meters.moved(record.isPresent() ? "taken-with-session" : "taken");
        log.info("shard.taken shard={} epoch={} resumes={}", id, mine.lease.epoch(), record.isPresent());
        ShardSession session = new ShardSession(id, mine.lease, record, context);
        mine.session = session;
        watch.taken(id);
        teller.taken(id, mine.lease.epoch());
        if (!plan.connects(id) || (!halted.isEmpty() && !session.hasSession())) {
            session.disconnect();
        } else if (handedOver) {
            session.startAtOnce();
        } else {
            session.start();
        }
    }

    private void giveBack(ShardId id) {
        Held mine = held.get(id);
        if (mine == null) {
            return;
        }
        if (mine.session == null) {
            held.remove(id);
            released(id, mine.lease.epoch(), Optional.empty());
            return;
        }
        mine.session.handOver(record -> {
            held.remove(id);
            watch.released(id);
            teller.released(id, mine.lease.epoch(), "given to another replica");
            record.ifPresent(records::put);
            released(id, mine.lease.epoch(), record);
        });
    }

    private void released(ShardId id, long epoch, Optional<SessionRecord> record) {
        meters.moved("given-back");
        log.info("shard.given_back shard={} epoch={} with-session={}", id, epoch, record.isPresent());
        releases.put(id, new Release(id, epoch, record));
        news.soon();
    }

    /// Ends what is surely another's, or nobody's.
    private void drop(Orders orders) {
        if (!orders.complete()) {
            return;
        }
        Set<ShardId> kept = orders.leases().stream().map(Lease::shard).collect(Collectors.toSet());
        for (ShardId id : List.copyOf(held.keySet())) {
            if (!kept.contains(id)) {
                end(id, "the leader gave it to nobody here");
            }
        }
    }

    private void end(ShardId id, String why) {
        Held mine = held.remove(id);
        if (mine == null) {
            return;
        }
        meters.moved("let-go");
        log.info("shard.let_go shard={} epoch={} because=\"{}\"", id, mine.lease.epoch(), why);
        if (mine.session != null) {
            mine.session.record().ifPresent(records::put);
            // of a count that there is no more, nobody goes on with it
            mine.session.release(plan.isKnown() && !plan.counts().contains(id.count()));
            watch.released(id);
            teller.released(id, mine.lease.epoch(), why);
        }
    }

    private void halt(String why) {
        if (!why.equals(halted)) {
            halted = why;
            if (why.isEmpty()) {
                refused = "";
            } else {
                log.error("shards.halted because=\"{}\" (what is live goes on; nothing else connects)", why);
            }
        }
    }

    /// Brings the sessions to what the plan says of them.
    private void disconnect() {
        for (ShardSession session : sessions()) {
            boolean wanted = plan.connects(session.id()) && (halted.isEmpty() || session.hasSession());
            if (wanted && session.state() == ShardState.DISCONNECTED) {
                session.restart();
            } else if (!wanted && !isAtRest(session.state())) {
                session.disconnect();
            }
        }
    }

    // --- time ---------------------------------------------------------------------------------------------------------------

    /// Does what is due; to be called often.
    void tick() {
        for (ShardId id : List.copyOf(held.keySet())) {
            Held mine = held.get(id);
            if (mine != null && mine.lease.expiredFor() >= settings.grace().toNanos()) {
                end(id, "no leader was heard for too long");
            } else if (mine != null) {
                leaseChanged(mine);
            }
        }
    }

    /// Lets go of everything, leaving the sessions to be resumed.
    void close() {
        List.copyOf(held.keySet()).forEach(id -> end(id, "this replica stops"));
    }

    // --- what operators see and do ------------------------------------------------------------------------------------------

    Collection<ShardSession> sessions() {
        return held.values().stream().map(each -> each.session).filter(session -> session != null).toList();
    }

    List<SessionView> views() {
        return sessions().stream().map(ShardSession::view).toList();
    }

    /// Connects some shards anew, or all when none is named; not those that an operator keeps disconnected.
    ///
    /// @return which of them are here
    List<ShardId> restart(Collection<Integer> numbers) {
        refused = "";
        List<ShardId> here = new ArrayList<>();
        for (ShardSession session : sessions()) {
            boolean meant = numbers.isEmpty() || numbers.contains(session.id().number());
            if (meant && plan.connects(session.id())) {
                here.add(session.id());
                session.restart();
            }
        }
        return here;
    }

    /// Wants to hold no shards, or some again.
    void drain(boolean wanted) {
        drains = wanted;
        news.soon();
    }

    boolean drains() {
        return drains;
    }

    Plan plan() {
        return plan;
    }

    /// What this replica knew of the plan before it started.
    void knew(Plan known) {
        plan = plan.latest(known);
    }

    String halted() {
        return halted;
    }

    int size() {
        return held.size();
    }

    /// Who follows the sessions; before the first of them.
    void watchedBy(SessionWatch follower) {
        watch = follower;
    }

    /// Asks the upstream for all members of a guild, on the connection of that attempt.
    ///
    /// @return whether it was sent
    boolean requestMembers(ShardId id, long attempt, long guild, String nonce) {
        ShardSession session = session(id);
        return session != null && session.attempt() == attempt && session.requestMembers(guild, nonce);
    }

    // --- what sessions ask for ----------------------------------------------------------------------------------------------

    @Override
    public Optional<URI> gateway() {
        return gateway;
    }

    @Override
    public boolean handsOn(ShardId shard) {
        return plan.handsOn(shard);
    }

    @Override
    public long nextAttempt() {
        return ++attempts;
    }

    @Override
    public Runnable turn(Runnable action) {
        return turns.ask(action);
    }

    @Override
    public void changed(ShardSession session) {
        teller.changed(session.id(), session.state(), session.lease().epoch(), session.attempt(),
                session.view().note());
        if (session.state() == ShardState.LIVE) {
            watch.live(session.id(), session.attempt());
        }
        if (session.state() == ShardState.QUEUED || session.state() == ShardState.LIVE) {
            news.later();
        }
    }

    @Override
    public void permitUsed(long permit, ShardId shard, PermitFate fate) {
        reports.put(permit, new PermitReport(permit, shard, PermitReport.Kind.valueOf(fate.name())));
        news.soon();
    }

    @Override
    public void refused(ShardSession session, CloseRule rule, int code) {
        log.error("shard.refused shard={} code={} rule={} because=\"{}\"", session.id(), code, rule,
                CloseRule.meaning(code));
        if (rule == CloseRule.STOP_ALL || rule == CloseRule.RESHARD) {
            refused = code + ": " + CloseRule.meaning(code);
            news.soon();
        }
    }

    @Override
    public void seen(ShardSession session, Payload event) {
        watch.seen(session.id(), event);
    }

    @Override
    public void ready(ShardSession session) {
        records.forget(session.id(), session.lease().epoch());
        watch.begun(session.id());
    }

    @Override
    public void disconnected(ShardSession session) {
        watch.disconnected(session.id());
    }
}
