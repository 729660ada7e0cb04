package io.sandgate.gateway.connection;

import io.sandgate.gateway.connection.Opening.Opened;
import io.sandgate.gateway.connection.Opening.Refused;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The connections that this replica holds, and the only writer of their rows. May be used from any thread.
final class LocalConnections {

    /*
     * Implementation notes.
     *
     * One lock makes a connection and its row change together: whoever holds it finds the row of each open connection in
     * the table, unless another replica has overruled it. It is held for work in memory only; sockets and peers are told
     * after it. The table's lock is taken inside it, so the table's listeners must not take it: what they see is settled
     * on the loop.
     *
     * An open connection and the record of its client are one of these:
     *   the record is its own                       nothing to do
     *   there is no record                          another replica cleared it by mistake: written again (Reassertions)
     *   the record is of another replica            a newer connection: this one is over, 4010
     *   the record is of this replica, but not its  left from an earlier life or come back from a peer: written over
     * and without a connection, a record of this replica is withdrawn.
     *
     * Only a client that connects goes over whatever is there. All else that is written continues the very version that
     * was looked at, so that something newer which comes in between outranks it.
     */

    private static final int DRAINING = 1001;
    private static final int FAILED = 1011;
    private static final int SUPERSEDED = 4010;
    private static final int CAPACITY = 4013;
    private static final int ID_BYTES = 16;

    private final RowWriter rows;
    private final RandomGenerator random;
    private final ConnectionMeters meters;
    private final int maxRooms;
    private final Consumer<ClientKey> begun;
    private final Object changes = new Object();
    /// Changed under the lock, read without it.
    private final Map<ClientKey, LocalConnection> byClient = new ConcurrentHashMap<>();
    /// Changed under the lock, read without it.
    private final Map<String, LocalConnection> byId = new ConcurrentHashMap<>();
    private boolean draining;

    /// @param begun is told each client of whom this replica held nothing when it connected
    LocalConnections(RowWriter rows, RandomGenerator random, ConnectionMeters meters, int maxRooms,
            Consumer<ClientKey> begun) {
        this.rows = rows;
        this.random = random;
        this.meters = meters;
        this.maxRooms = maxRooms;
        this.begun = begun;
        meters.here(byId);
    }

    Opening open(ClientKey key, Set<String> rooms, ClientSocket socket) {
        String id = randomId();
        LocalConnection mine = new LocalConnection(this, key, id, socket, rows.now(),
                List.copyOf(new TreeSet<>(rooms)));
        LocalConnection older;
        RowWriter.Written written;
        synchronized (changes) {
            if (draining) {
                return new Refused(DRAINING, "draining");
            }
            // before its row, so that whoever hears of the row finds the connection
            older = byClient.put(key, mine);
            byId.put(id, mine);
            written = rows.claim(mine);
            if (!written.isDone()) {
                byId.remove(id);
                if (older == null) {
                    byClient.remove(key);
                } else {
                    byClient.put(key, older);
                }
                return written.isFull() ? new Refused(CAPACITY, "capacity") : new Refused(FAILED, "row_refused");
            }
            if (older != null) {
                byId.remove(older.connectionId());
            }
        }
        mine.known(rows.publish(written));
        if (written.isFresh()) {
            begun.accept(key);
        }
        meters.opened();
        if (older != null) {
            supersede(older);
        }
        return new Opened(mine);
    }

    private String randomId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private void supersede(LocalConnection older) {
        meters.superseded();
        older.socket().close(SUPERSEDED, "superseded");
    }

    /// The connection's socket is closed. What belongs to a newer connection is not touched.
    void closed(LocalConnection gone) {
        RowWriter.Written written;
        synchronized (changes) {
            if (!remove(gone)) {
                return;
            }
            written = rows.withdraw(gone.key(), gone.connectionId());
        }
        rows.publish(written);
    }

    private boolean remove(LocalConnection gone) {
        return byId.remove(gone.connectionId(), gone) && byClient.remove(gone.key(), gone);
    }

    Held.Joining join(LocalConnection member, String room) {
        RowWriter.Written written;
        synchronized (changes) {
            if (byId.get(member.connectionId()) == null) {
                return Held.Joining.CLOSED;
            }
            TreeSet<String> joined = new TreeSet<>(member.rooms());
            if (!joined.add(room)) {
                return Held.Joining.JOINED;
            }
            if (joined.size() > maxRooms) {
                return Held.Joining.TOO_MANY;
            }
            member.rooms(joined);
            written = rows.renew(member);
        }
        rows.publish(written);
        return Held.Joining.JOINED;
    }

    /// Takes a connection out of a room.
    ///
    /// @return whether the connection is open
    boolean leave(LocalConnection member, String room) {
        RowWriter.Written written;
        synchronized (changes) {
            if (byId.get(member.connectionId()) == null) {
                return false;
            }
            TreeSet<String> left = new TreeSet<>(member.rooms());
            if (!left.remove(room)) {
                return true;
            }
            member.rooms(left);
            written = rows.renew(member);
        }
        rows.publish(written);
        return true;
    }

    /// Whether a client's row, which has just become what is given, is not as this replica's connections would have it. Takes
    /// no lock.
    boolean isUnsettled(ClientKey key, @Nullable ClientRow row) {
        LocalConnection mine = byClient.get(key);
        if (row == null) {
            return mine != null;
        }
        return mine == null
                ? rows.isOwn(row.replica())
                : !rows.isOwn(row.replica()) || !row.connection().equals(mine.connectionId());
    }

    /// Makes a client's connection and its row agree, after another replica has said something of the row.
    ///
    /// @return whether the row is missing, and should be written again if nothing newer comes
    boolean settle(ClientKey key) {
        RowWriter.Written written;
        LocalConnection over = null;
        synchronized (changes) {
            LocalConnection mine = byClient.get(key);
            switch (rows.standing(key, mine)) {
                case MINE, FOREIGN_WITHOUT_ME, NONE_WITHOUT_ME -> {
                    return false;
                }
                case MISSING -> {
                    return true;
                }
                case STRAY -> written = rows.overwriteStray(key, mine);
                case NEWER -> {
                    over = mine;
                    written = RowWriter.Written.NOTHING;
                    if (over != null) {
                        remove(over);
                    }
                }
                default -> throw new AssertionError();
            }
        }
        if (over != null) {
            supersede(over);
        }
        rows.publish(written);
        return false;
    }

    /// Writes the row of a client again, if it is still missing.
    ///
    /// @return whether it should be settled again, since something newer came
    boolean reassert(ClientKey key) {
        RowWriter.Written written;
        synchronized (changes) {
            LocalConnection mine = byClient.get(key);
            if (mine == null) {
                return false;
            }
            written = rows.reassert(mine);
        }
        if (!written.isDone()) {
            return true;
        }
        meters.reasserted();
        rows.publish(written);
        return false;
    }

    /// Writes a client's row at another version, so that it outranks what others said of it while they were cut off.
    void renew(ClientKey key) {
        RowWriter.Written written;
        synchronized (changes) {
            LocalConnection mine = byClient.get(key);
            written = mine == null ? RowWriter.Written.NOTHING : rows.renew(mine);
        }
        rows.publish(written);
    }

    /// The clients that are connected here.
    List<ClientKey> clients() {
        return List.copyOf(byClient.keySet());
    }

    @Nullable
    LocalConnection find(String connection) {
        return byId.get(connection);
    }

    /// Withdraws all rows and closes all sockets; from now on none is opened.
    ///
    /// @return done when the peers know, or have had their time
    CompletionStage<Void> drain() {
        List<LocalConnection> all;
        List<RowWriter.Written> written = new ArrayList<>();
        synchronized (changes) {
            draining = true;
            all = List.copyOf(byId.values());
            byId.clear();
            byClient.clear();
            all.forEach(gone -> written.add(rows.withdraw(gone.key(), gone.connectionId())));
        }
        CompletableFuture<?>[] told = written.stream().map(rows::publish).map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture[]::new);
        all.forEach(gone -> gone.socket().close(DRAINING, "draining"));
        return CompletableFuture.allOf(told).minimalCompletionStage();
    }
}
