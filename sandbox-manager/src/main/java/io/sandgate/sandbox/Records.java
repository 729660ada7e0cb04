package io.sandgate.sandbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.tenant.KeyStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The database of a data directory, with the one thread that writes to it.
///
/// All writes that wait go into one transaction, so that callers at the same time share one sync of the disk. When a
/// transaction fails, its writes are tried one by one, so that only the one at fault fails.
public final class Records implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Records.class);

    private static final int MAX_WAITING = 1024;
    private static final int MAX_GROUP = 256;
    private static final long WAIT_SECONDS = 30;

    private final Connection connection;
    private final BlockingQueue<Write> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Timer commits;
    private final Thread writer;
    private volatile boolean closing;

    /// One change, or a look that must not miss the changes before it.
    @FunctionalInterface
    interface Change {
        boolean apply(Connection connection) throws SQLException;
    }

    private record Write(Change change, CompletableFuture<Boolean> done) {}

    private Records(Connection connection, MeterRegistry meters) {
        this.connection = connection;
        this.commits = Timer.builder("sandgate.sandbox.store.commit").description("One synced commit of records")
                .register(meters);
        Gauge.builder("sandgate.sandbox.store.waiting", waiting, BlockingQueue::size)
                .description("Writes of records that wait for the disk").register(meters);
        this.writer = Thread.ofPlatform().daemon().name("sandbox-store").unstarted(this::run);
    }

    /// Opens the database of a data directory, which is locked.
    ///
    /// @throws SandboxException when it cannot be used; the message says what to do
    public static Records open(DataDirectory data, MeterRegistry meters) {
        return open(data.path(), meters);
    }

    static Records open(Path directory, MeterRegistry meters) {
        Records records = new Records(Database.open(directory), meters);
        records.writer.start();
        return records;
    }

    /// The records of the keys that were made through the API.
    public KeyStore keys() {
        return new SqliteKeyStore(this);
    }

    @Override
    public void close() {
        closing = true;
        writer.interrupt();
        try {
            writer.join(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Blocks until the change is on the disk.
    ///
    /// @return what the change gives
    boolean write(Change change) {
        Write write = new Write(change, new CompletableFuture<>());
        try {
            if (closing || !waiting.offer(write, WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new SandboxException(Reason.INTERNAL, closing
                        ? "the replica is stopping"
                        : "the disk does not keep up: " + MAX_WAITING + " records wait to be written");
            }
            return write.done().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            write.done().cancel(false);
            Thread.currentThread().interrupt();
            throw new SandboxException(Reason.INTERNAL, "interrupted while a record was written", e);
        } catch (ExecutionException | TimeoutException e) {
            write.done().cancel(false);
            throw new SandboxException(Reason.INTERNAL, "a record could not be written: " + e
                    + ": check the disk that holds the data directory (sandgate.data.dir)", e);
        }
    }

    private void run() {
        List<Write> group = new ArrayList<>();
        try (connection) {
            while (!closing || !waiting.isEmpty()) {
                group.clear();
                Write first = closing ? waiting.poll() : next();
                if (first != null) {
                    group.add(first);
                    waiting.drainTo(group, MAX_GROUP - 1);
                    // whoever gave up has undone what this would record
                    commit(group.stream().filter(write -> !write.done().isDone()).toList());
                }
            }
        } catch (SQLException e) {
            log.warn("store.close-failed reason={}", e.toString());
        }
        for (Write late = waiting.poll(); late != null; late = waiting.poll()) {
            late.done().completeExceptionally(new SandboxException(Reason.INTERNAL, "the replica is stopping"));
        }
    }

    private @Nullable Write next() {
        try {
            return waiting.take();
        } catch (InterruptedException e) {
            return null;
        }
    }

    private void commit(List<Write> group) {
        try {
            List<Boolean> results = commits.recordCallable(() -> apply(group));
            for (int i = 0; i < group.size(); i++) {
                group.get(i).done().complete(results == null || results.get(i));
            }
        } catch (Exception e) {
            rollBack();
            if (group.size() == 1) {
                group.getFirst().done().completeExceptionally(e);
            } else {
                group.forEach(write -> commit(List.of(write)));
            }
        }
    }

    private List<Boolean> apply(List<Write> group) throws SQLException {
        List<Boolean> results = new ArrayList<>();
        execute("BEGIN");
        for (Write write : group) {
            results.add(write.change().apply(connection));
        }
        execute("COMMIT");
        return results;
    }

    /// After some failures, such as a full disk, SQLite has rolled back by itself.
    private void rollBack() {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            log.debug("store.rollback-failed reason={}", e.toString());
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
