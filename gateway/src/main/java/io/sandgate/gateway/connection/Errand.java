package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.PeerAnswer.Counts;
import io.sandgate.gateway.connection.PeerAnswer.Done;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Requests that are carried out one after the other, and the messages to rooms among them one connection after the other. Not for
/// several threads at once.
final class Errand {
    private final LocalDelivery delivery;
    private final Iterator<PeerRequest> requests;
    private final boolean mayRepeat;
    private final BooleanSupplier isAwaited;
    private final List<PeerAnswer> answers = new ArrayList<>();
    private @Nullable InRoom present;

    /// @param mayRepeat whether the requests may come again, and are to be done once: those of other replicas
    /// @param isAwaited whether anybody waits for the answers still: otherwise the rest is left undone
    Errand(LocalDelivery delivery, List<PeerRequest> requests, boolean mayRepeat, BooleanSupplier isAwaited) {
        this.delivery = delivery;
        this.requests = requests.iterator();
        this.mayRepeat = mayRepeat;
        this.isAwaited = isAwaited;
    }

    /// Carries out one request, or hands a message to one connection of a room.
    ///
    /// @return whether there was anything left to do
    boolean step() {
        if (!isAwaited.getAsBoolean()) {
            return false;
        }
        InRoom room = present;
        if (room != null) {
            if (!room.step()) {
                present = null;
                answers.add(new Counts(room.delivered, room.full));
            }
            return true;
        }
        if (!requests.hasNext()) {
            return false;
        }
        PeerRequest next = requests.next();
        if (next instanceof PeerRequest.Broadcast broadcast) {
            present = new InRoom(broadcast);
        } else {
            answers.add(delivery.carryOut(next, mayRepeat));
        }
        return true;
    }

    /// The answers, in the order of the requests.
    List<PeerAnswer> answers() {
        return List.copyOf(answers);
    }

    /// A message on its way through a room.
    private final class InRoom {
        private final PeerRequest.Broadcast message;
        private final Iterator<ClientRow> members;
        private int delivered;
        private int full;

        InRoom(PeerRequest.Broadcast message) {
            this.message = message;
            this.members = delivery.members(message);
        }

        boolean step() {
            if (!members.hasNext()) {
                return false;
            }
            PeerAnswer answer = delivery.deliver(members.next(), message, mayRepeat);
            if (answer instanceof Done) {
                delivered++;
            } else if (answer instanceof PeerAnswer.Full) {
                full++;
            }
            return true;
        }
    }
}
