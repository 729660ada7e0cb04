package io.sandgate.sandbox;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.SandboxException.Reason;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.tenant.Claim;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Records that outlive the process, and files that cannot be used.
class SqliteStoreTest {

    @TempDir
    Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void records_areTheSameAfterReopening() {
        Sandbox sandbox = sandbox("ia", SandboxState.CREATING);
        Sandbox running = sandbox.in(SandboxState.RUNNING).endingAt(Instant.ofEpochMilli(99_999)).announcedAs(1L << 41);
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            store.insert(sandbox);
            store.insert(sandbox("ib", SandboxState.CREATING));
            assertThat(store.update(running)).isTrue();
            store.delete("ib");
        }

        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            assertThat(store.load()).containsExactly(running);
        }
    }

    /// Whoever gives up undoes what it did, and so it must not be recorded later.
    @Test
    void write_thatNobodyWaitsForAnyLonger_isNotMade() throws Exception {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch free = new CountDownLatch(1);
            Caller<Boolean> first = Caller.of(() -> records.write(connection -> {
                busy.countDown();
                return await(free);
            }));
            assertThat(await(busy)).isTrue();
            Caller<Boolean> second = Caller.of(() -> store.insert(sandbox("ib", SandboxState.CREATING)));

            assertThatThrownBy(second.interrupted()::get).hasMessageContaining("interrupted");
            free.countDown();

            assertThat(first.get()).isTrue();
            assertThat(store.load()).isEmpty();
        }
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void update_ofARecordThatIsNotThere_changesNothing() {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            assertThat(store.update(sandbox("ia", SandboxState.RUNNING))).isFalse();
            assertThat(store.load()).isEmpty();
        }
    }

    @Test
    void update_replacesWhatItReaches() {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            Sandbox before = sandbox("ia", SandboxState.RUNNING);
            store.insert(before);
            Sandbox after = before.reaching(new Egress(true, List.of(), List.of("8.8.8.8", "::/0")));

            assertThat(store.update(after)).isTrue();

            assertThat(store.load()).containsExactly(after);
        }
    }

    @Test
    void update_neverBringsBackOneThatIsBeingKilled() {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            store.insert(sandbox("ia", SandboxState.RUNNING));
            assertThat(store.update(sandbox("ia", SandboxState.KILLING))).isTrue();

            assertThat(store.update(sandbox("ia", SandboxState.PAUSED))).isFalse();

            assertThat(store.load()).extracting(Sandbox::state).containsExactly(SandboxState.KILLING);
        }
    }

    @Test
    void writesThatWaitTogether_shareOneCommit() throws SQLException {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            List<Caller<Boolean>> callers = insertWhileTheDiskIsBusy(store, 0);

            assertThat(callers).allSatisfy(caller -> assertThat(caller.get()).isTrue());
            assertThat(store.load()).hasSize(201);
        }
        assertThat(meters.get("sandgate.sandbox.store.commit").timer().count()).isLessThan(10);
    }

    @Test
    void oneBadWriteInAGroup_failsAlone() throws SQLException {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            store.insert(sandbox("i7", SandboxState.RUNNING));
            List<Caller<Boolean>> callers = insertWhileTheDiskIsBusy(store, 1);

            assertThatThrownBy(callers.remove(7)::get).isInstanceOf(SandboxException.class)
                    .hasMessageContaining("sandgate.data.dir");
            assertThat(callers).allSatisfy(caller -> assertThat(caller.get()).isTrue());
            assertThat(store.load()).hasSize(201);
        }
    }

    @Test
    void writeWhoseTransactionTheDatabaseEndsItself_failsAloneAndLaterOnesAreKept() throws SQLException {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            // what SQLite does to a transaction for which the disk is full
            execute("CREATE TRIGGER no_room BEFORE INSERT ON sandbox WHEN NEW.id = 'ifull' "
                    + "BEGIN SELECT RAISE(ROLLBACK, 'no room'); END");

            assertThatThrownBy(() -> store.insert(sandbox("ifull", SandboxState.CREATING)))
                    .hasMessageContaining("no room");

            store.insert(sandbox("ia", SandboxState.CREATING));
            assertThat(store.load()).extracting(Sandbox::id).containsExactly("ia");
        }
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            assertThat(store.load()).extracting(Sandbox::id).containsExactly("ia");
        }
    }

    @Test
    void closed_refusesWrites() {
        Records records = openRecords();
        SandboxStore store = new SqliteStore(records);
        records.close();

        assertThatThrownBy(() -> store.delete("ia")).isInstanceOf(SandboxException.class)
                .hasMessageContaining("stopping");
    }

    @Test
    void fileThatIsNoDatabase_isRefusedAndKept() throws IOException {
        byte[] garbage = "this is no database, but somebody may want it back".repeat(100).getBytes(
                StandardCharsets.UTF_8);
        Files.write(directory.resolve("sandboxes.db"), garbage);

        assertUnusable("restore it from a backup");

        assertThat(Files.readAllBytes(directory.resolve("sandboxes.db"))).isEqualTo(garbage);
    }

    @Test
    void newerSchema_isRefusedAndKept() throws SQLException {
        openRecords().close();
        execute("INSERT INTO flyway_schema_history SELECT 99, '99', 'later', 'SQL', 'V99__later.sql', 1, installed_by, "
                + "installed_on, 1, 1 FROM flyway_schema_history WHERE installed_rank = 1");

        assertUnusable("newer");
    }

    @Test
    void versions_areThoseOfTheMigrations() throws IOException, URISyntaxException {
        Path migrations = Path.of(Database.class.getResource("migration").toURI());

        try (Stream<Path> files = Files.list(migrations)) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted()
                    .map(name -> name.substring(1, name.indexOf("__")))).isEqualTo(Database.VERSIONS);
        }
    }

    @Test
    void schemaOfAnOlderVersion_isMigratedWithWhatItHolds() throws SQLException {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            store.insert(sandbox("ia", SandboxState.RUNNING));
        }
        execute("DELETE FROM flyway_schema_history WHERE version > '1'");
        execute("ALTER TABLE sandbox DROP COLUMN network");
        execute("ALTER TABLE sandbox DROP COLUMN auto_resume");
        for (String column : List.of("claim_key", "claim_id", "claim_memory_mb", "claim_cpu")) {
            execute("ALTER TABLE sandbox DROP COLUMN " + column);
        }
        execute("DROP TABLE api_key");
        execute("DROP TABLE snapshot");

        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            assertThat(store.load()).singleElement()
                    .satisfies(old -> {
                        assertThat(old.network()).isEqualTo(SandboxNetwork.PLAIN);
                        assertThat(old.autoResume()).isFalse();
                        assertThat(old.claim()).isEqualTo(Claim.NONE);
                    });
        }
    }

    @Test
    void schemaWhoseMigrationIsMissing_isMigrated() throws SQLException {
        openRecords().close();
        execute("DELETE FROM flyway_schema_history");
        execute("DROP TABLE sandbox");
        execute("DROP TABLE api_key");
        execute("DROP TABLE snapshot");

        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            store.insert(sandbox("ia", SandboxState.RUNNING));
            assertThat(store.load()).hasSize(1);
        }
    }

    @Test
    void rowThatIsNotUnderstood_isRefusedAndKept() throws SQLException {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            store.insert(sandbox("ia", SandboxState.RUNNING));
        }
        execute("UPDATE sandbox SET metadata = '{\"cut'");

        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            assertThatThrownBy(store::load).hasMessageContaining("ia");
        }
    }

    @Test
    void openAgain_leavesTheRecords() {
        try (Records records = openRecords()) {
            SandboxStore store = new SqliteStore(records);
            store.insert(sandbox("ia", SandboxState.PAUSED));
        }
        for (int i = 0; i < 3; i++) {
            try (Records records = openRecords()) {
                SandboxStore store = new SqliteStore(records);
                assertThat(store.load()).hasSize(1);
            }
        }
    }

    /// Lets one write wait for the database, and 200 more behind it.
    private List<Caller<Boolean>> insertWhileTheDiskIsBusy(SandboxStore store, int before) throws SQLException {
        List<Caller<Boolean>> callers = new ArrayList<>();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sandboxes.db"));
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            Caller<Boolean> first = Caller.of(() -> store.insert(sandbox("first", SandboxState.RUNNING)));
            first.awaitBlocked();
            for (int i = 0; i < 200; i++) {
                String id = "i" + i;
                callers.add(Caller.of(() -> store.insert(sandbox(id, SandboxState.RUNNING))).awaitBlocked());
            }
            assertThat(meters.get("sandgate.sandbox.store.commit").timer().count()).isEqualTo(before);
            statement.execute("ROLLBACK");
            assertThat(first.get()).isTrue();
        }
        return callers;
    }

    private Records openRecords() {
        return Records.open(directory, meters);
    }

    private void assertUnusable(String words) {
        assertThatThrownBy(this::openRecords).isInstanceOfSatisfying(SandboxException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.INTERNAL);
            assertThat(failure).hasMessageContaining("sandgate.data.dir").hasMessageContaining("expected")
                    .hasMessageContaining(words);
        });
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sandboxes.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    static Sandbox sandbox(String id, SandboxState state) {
        return new Sandbox(id, "u" + id, "team-a", "base", Map.of("user id", "a&b=ü"), Map.of("KEY", "secret"),
                "127.64.0.1", state, Instant.ofEpochMilli(1000), Instant.ofEpochMilli(2000), Duration.ofSeconds(1),
                OnTimeout.PAUSE, new SandboxNetwork("app.example:${PORT}", true, false,
                        new Egress(true, List.of("1.1.1.1", "8.8.8.0/24", "*.example.com"),
                                List.of("0.0.0.0/0"))),
                true,
                new Claim("k1", "life-1", 512, 2), 7);
    }
}
