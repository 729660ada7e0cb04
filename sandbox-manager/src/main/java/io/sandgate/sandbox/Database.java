package io.sandgate.sandbox;

import io.sandgate.sandbox.SandboxException.Reason;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteJDBCLoader;

/// The database file of a data directory, checked and brought to the present schema.
final class Database {

    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final String LOCATION = "classpath:io/sandgate/sandbox/migration";
    /// The versions of the migrations there, in their order.
    static final List<String> VERSIONS = List.of("1", "2", "3", "4");

    private Database() {}

    /// Loads SQLite; a failure shows when it is opened.
    static void prepare() {
        try {
            boolean _ = SQLiteJDBCLoader.initialize();
        } catch (Exception e) { // SQLite declares no narrower one
            log.debug("store.not_prepared reason={}", e.toString());
        }
    }

    /// Opens it, for one user.
    ///
    /// @throws SandboxException when the file is damaged, was written by a newer version, or cannot be used; it is left
    ///             as it is then
    static Connection open(Path directory) {
        Path file = directory.resolve("sandboxes.db");
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setBusyTimeout(5_000);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        try {
            check(source, file);
            if (!isPresent(source)) {
                migrate(source, file);
            }
            return source.getConnection();
        } catch (SQLException | FlywayException e) {
            throw unusable(file, e.getMessage(), e);
        }
    }

    private static void check(SQLiteDataSource source, Path file) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA quick_check(1)")) {
            String answer = result.next() ? result.getString(1) : "no answer";
            if (!answer.equals("ok")) {
                throw unusable(file, answer, null);
            }
        }
    }

    /// Whether exactly the known migrations have been made. Seen without Flyway, whose own look takes a fifth of a start.
    private static boolean isPresent(SQLiteDataSource source) throws SQLException {
        List<String> made = new ArrayList<>();
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement()) {
            try (ResultSet history = statement
                    .executeQuery("SELECT 1 FROM sqlite_schema WHERE name = 'flyway_schema_history'")) {
                if (!history.next()) {
                    return false;
                }
            }
            try (ResultSet rows = statement.executeQuery("SELECT CASE success WHEN 1 THEN version ELSE 'failed' END "
                    + "FROM flyway_schema_history ORDER BY installed_rank")) {
                while (rows.next()) {
                    made.add(String.valueOf(rows.getString(1)));
                }
            }
        }
        return made.equals(VERSIONS);
    }

    private static void migrate(SQLiteDataSource source, Path file) {
        Flyway flyway = Flyway.configure(Database.class.getClassLoader()).dataSource(source).locations(LOCATION)
                .loggers(FlywayLogs.class.getName()).load();
        for (MigrationInfo migration : flyway.info().applied()) {
            if (migration.getState().isResolved()) {
                continue;
            }
            throw new SandboxException(Reason.INTERNAL, "sandgate.data.dir: " + file + " (its schema is at version "
                    + migration.getVersion() + ", which a newer Sandgate wrote; expected: one that this version knows; "
                    + "start that newer version, or choose another directory)");
        }
        flyway.migrate();
    }

    private static SandboxException unusable(Path file, @Nullable String why,
            @Nullable Exception cause) {
        String message = "sandgate.data.dir: " + file + " (the database cannot be used: " + why
                + "; expected: a sound SQLite file; restore it from a backup, or move it away to begin without it: "
                + "sandboxes that still run are ended then)";
        return cause == null
                ? new SandboxException(Reason.INTERNAL, message)
                : new SandboxException(Reason.INTERNAL, message, cause);
    }
}
