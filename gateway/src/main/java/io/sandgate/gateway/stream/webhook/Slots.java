package io.sandgate.gateway.stream.webhook;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/// Who may send now: lanes in the order in which they came, within a bound for all, one for those that failed or were slow last
/// time, and one for each team, so that none waits for another's slow receiver. Confined to one thread.
final class Slots {
    private final DeliverySettings settings;
    private final Deque<Lane> healthy = new ArrayDeque<>();
    private final Deque<Lane> troubled = new ArrayDeque<>();
    private final Map<String, Integer> byTeam = new HashMap<>();
    private int taken;
    private int takenByTroubled;

    /// One that is taken, to be given back once.
    record Slot(String team, boolean isTroubled) {}

    Slots(DeliverySettings settings) {
        this.settings = settings;
    }

    void enqueue(Lane lane) {
        (lane.isTroubled() ? troubled : healthy).add(lane);
    }

    void remove(Lane lane) {
        healthy.removeIf(lane::equals);
        troubled.removeIf(lane::equals);
    }

    /// The next lane that may send; out of the queue then.
    Optional<Lane> next() {
        if (taken >= settings.atOnce()) {
            return Optional.empty();
        }
        Optional<Lane> lane = first(healthy);
        return lane.isPresent() || takenByTroubled >= settings.troubledAtOnce() ? lane : first(troubled);
    }

    private Optional<Lane> first(Deque<Lane> queue) {
        for (Iterator<Lane> lanes = queue.iterator(); lanes.hasNext();) {
            Lane lane = lanes.next();
            if (byTeam.getOrDefault(lane.webhook.team(), 0) < settings.teamAtOnce()) {
                lanes.remove();
                return Optional.of(lane);
            }
        }
        return Optional.empty();
    }

    Slot take(Lane lane) {
        taken++;
        takenByTroubled += lane.isTroubled() ? 1 : 0;
        byTeam.merge(lane.webhook.team(), 1, Integer::sum);
        return new Slot(lane.webhook.team(), lane.isTroubled());
    }

    void giveBack(Slot slot) {
        taken--;
        takenByTroubled -= slot.isTroubled() ? 1 : 0;
        byTeam.computeIfPresent(slot.team(), (team, count) -> count == 1 ? null : count - 1);
    }
}
