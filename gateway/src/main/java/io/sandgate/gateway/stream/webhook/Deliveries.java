package io.sandgate.gateway.stream.webhook;

import io.sandgate.gateway.stream.event.Cursor;
import io.sandgate.gateway.stream.event.Entry;
import io.sandgate.gateway.stream.event.EventReader.Read;
import io.sandgate.proxy.replicate.Loop;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Brings the events of this replica to the webhooks of their teams: each at least once, in order for each webhook, within a
/// budget of attempts. Confined to its loop.
///
/// Each replica delivers what happened on it, so an event has one deliverer. A webhook that has caught up costs nothing: one scan
/// of the log passes by for all. One that has events to get reads them by itself, from where the scan was before, and keeps its
/// own place until the scan is at the same one, so that it is handed nothing twice. What a webhook has delivered survives in its
/// [Progress]; all behind it is delivered again after a restart, under the same delivery ids.
final class Deliveries implements LogScan.Follower {
    private static final int BATCH = 64;
    /// How far the scan goes until the place of those who follow it is kept anew.
    private static final long KEEP_EVERY = 10_000;

    /// Told of what has to be kept.
    interface Listener {
        /// Some webhook's progress changed.
        void progressed();

        /// A webhook has failed for too long.
        void failedForLong(Webhook webhook, String reason);
    }

    private final String self;
    private final LogReads reads;
    private final LogScan scan;
    private final Dispatch dispatch;
    private final WebhookMeters meters;
    private final Listener listener;
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Map<String, Set<Lane>> teams = new HashMap<>();
    /// Those that have read the whole log, whose place is not the scan's yet.
    private final Set<Lane> aheadOfScan = new HashSet<>();
    private long keptAt;

    Deliveries(Loop loop, String self, LogReads reads, Sending sending, Slots slots, WebhookMeters meters,
            Listener listener) {
        this.self = self;
        this.reads = reads;
        this.dispatch = new Dispatch(loop, sending, slots, meters, listener, this::goOn);
        this.meters = meters;
        this.listener = listener;
        this.scan = new LogScan(loop, reads, this);
        this.keptAt = scan.cursor().seq();
    }

    LogScan scan() {
        return scan;
    }

    /// Begins or goes on with the webhooks that are enabled, and drops all others.
    ///
    /// @param kept where those that are new here go on; one without begins with what happens from now on
    void update(Collection<Webhook> webhooks, Map<String, Progress> kept) {
        Map<String, Webhook> enabled = new LinkedHashMap<>();
        webhooks.stream().filter(Webhook::enabled).forEach(webhook -> enabled.put(webhook.id(), webhook));
        List.copyOf(lanes.values()).stream().filter(lane -> !enabled.containsKey(lane.webhook.id()))
                .forEach(this::close);
        enabled.values().forEach(webhook -> {
            Lane lane = lanes.get(webhook.id());
            if (lane == null) {
                open(webhook, kept.get(webhook.id()));
            } else if (!lane.webhook.equals(webhook)) {
                change(lane, webhook);
            }
        });
    }

    /// How far each is.
    Map<String, Progress> progress() {
        Map<String, Progress> progress = new HashMap<>();
        lanes.forEach((id, lane) -> progress.put(id, progress(lane)));
        return progress;
    }

    /// How far one is; empty when nothing is delivered to it.
    Optional<Progress> progress(String id) {
        return Optional.ofNullable(lanes.get(id)).map(this::progress);
    }

    private Progress progress(Lane lane) {
        return new Progress(lane.place(scan.cursor()), lane.trouble.span().orElse(null));
    }

    DeliveryView view(String id) {
        Lane lane = lanes.get(id);
        return lane == null ? DeliveryView.NONE : lane.view();
    }

    void close() {
        List.copyOf(lanes.values()).forEach(this::close);
    }

    @Override
    public void passed(Cursor before, Cursor after, List<Entry> entries) {
        Set<String> told = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.origin().replica().equals(self) && EventType.ofKind(entry.event().kind()).isPresent()) {
                told.add(entry.event().owner());
            }
        }
        told.forEach(team -> teams.getOrDefault(team, Set.of()).stream()
                .filter(lane -> lane.state == Lane.State.FOLLOWING && lane.cursor == null)
                .forEach(lane -> lane.cursor = before));
        if (after.seq() - keptAt >= KEEP_EVERY) {
            keptAt = after.seq();
            listener.progressed();
        }
        resume();
        told.forEach(team -> List.copyOf(teams.getOrDefault(team, Set.of())).forEach(this::goOn));
    }

    @Override
    public void jumped(Cursor to, long skipped) {
        keptAt = to.seq();
        if (skipped > 0) {
            lanes.values().stream().filter(lane -> lane.cursor == null).forEach(lane -> skip(lane, skipped));
        }
        resume();
    }

    private void resume() {
        List<Lane> waiting = List.copyOf(aheadOfScan);
        aheadOfScan.clear();
        waiting.forEach(this::goOn);
    }

    private void open(Webhook webhook, @Nullable Progress kept) {
        Lane lane = new Lane(self, webhook);
        lanes.put(webhook.id(), lane);
        teams.computeIfAbsent(webhook.team(), team -> new HashSet<>()).add(lane);
        if (kept == null) {
            listener.progressed();
        } else {
            lane.cursor = kept.cursor();
            lane.trouble.goOn(kept.failing());
            goOn(lane);
        }
    }

    /// A URL that was put right is tried at once.
    private void change(Lane lane, Webhook webhook) {
        lane.webhook = webhook;
        lane.trouble.forget();
        lane.isSlow = false;
        dispatch.hasten(lane);
    }

    private void close(Lane lane) {
        lane.state = Lane.State.CLOSED;
        dispatch.remove(lane);
        aheadOfScan.remove(lane);
        lanes.remove(lane.webhook.id());
        teams.computeIfPresent(lane.webhook.team(), (team, all) -> {
            all.remove(lane);
            return all.isEmpty() ? null : all;
        });
    }

    private void goOn(Lane lane) {
        Cursor cursor = lane.cursor;
        if (lane.state != Lane.State.FOLLOWING || cursor == null) {
            return;
        }
        if (cursor.equals(scan.cursor())) {
            lane.cursor = null;
            return;
        }
        lane.state = Lane.State.READING;
        reads.read(cursor, BATCH, read -> take(lane, cursor, read));
    }

    private void take(Lane lane, Cursor from, Read read) {
        if (lane.state != Lane.State.READING) {
            return;
        }
        lane.state = Lane.State.FOLLOWING;
        switch (read) {
            case Read.Entries found -> take(lane, from, found.entries());
            case Read.Lost lost -> {
                LogReads.Restart restart = reads.after(from, lost.loss());
                lane.cursor = restart.cursor();
                skip(lane, restart.skipped());
                listener.progressed();
                goOn(lane);
            }
            case Read.AtTip _ -> aheadOfScan.add(lane);
            case Read.Stored _ -> throw new IllegalStateException("a worker has read what was stored");
        }
    }

    private void take(Lane lane, Cursor from, List<Entry> entries) {
        lane.cursor = from.at(entries.getLast().seq());
        entries.stream().filter(lane::wants).forEach(lane.pending::add);
        if (lane.pending.isEmpty()) {
            goOn(lane);
        } else {
            dispatch.deliver(lane);
        }
    }

    private void skip(Lane lane, long skipped) {
        lane.skipped += skipped;
        if (skipped > 0) {
            meters.delivery("skipped", skipped);
        }
    }
}
