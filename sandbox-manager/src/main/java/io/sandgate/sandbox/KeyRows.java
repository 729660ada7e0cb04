package io.sandgate.sandbox;

import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyVersion;
import io.sandgate.sandbox.tenant.Quota;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keys as rows of the table `api_key`.
final class KeyRows {

    private static final String COLUMNS = "id, team, name, hash, suffix, admin, created_at, created_by, max_sandboxes, "
            + "max_memory_mb, max_cpu, rate, revoked_at, version_count, version_replica";

    private KeyRows() {}

    static List<KeyRecord> select(Connection connection) throws SQLException {
        List<KeyRecord> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + COLUMNS + " FROM api_key");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                keys.add(read(row));
            }
        }
        return keys;
    }

    static Optional<KeyRecord> find(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection
                .prepareStatement("SELECT " + COLUMNS + " FROM api_key WHERE id = ?")) {
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(read(row)) : Optional.empty();
            }
        }
    }

    static void put(Connection connection, KeyRecord key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT OR REPLACE INTO api_key (" + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            statement.setString(1, key.id());
            statement.setString(2, key.team());
            statement.setString(3, key.name());
            statement.setString(4, key.hash());
            statement.setString(5, key.suffix());
            statement.setBoolean(6, key.admin());
            statement.setLong(7, key.createdAt().toEpochMilli());
            statement.setString(8, key.createdBy());
            set(statement, 9, key.quota().sandboxes(), Quota.NO_LIMIT);
            set(statement, 10, key.quota().memoryMb(), Quota.NO_LIMIT);
            set(statement, 11, key.quota().cpu(), Quota.NO_LIMIT);
            set(statement, 12, key.rate(), KeyRecord.STANDARD_RATE);
            set(statement, 13, key.isRevoked() ? key.revokedAt().toEpochMilli() : Long.MAX_VALUE, Long.MAX_VALUE);
            statement.setLong(14, key.version().count());
            statement.setString(15, key.version().replica());
            statement.executeUpdate();
        }
    }

    static void delete(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM api_key WHERE id = ?")) {
            statement.setString(1, id);
            statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, int column, long value, long none) throws SQLException {
        if (value == none) {
            statement.setNull(column, Types.INTEGER);
        } else {
            statement.setLong(column, value);
        }
    }

    private static KeyRecord read(ResultSet row) throws SQLException {
        String id = row.getString(1);
        try {
            Quota quota = new Quota(get(row, 9, Quota.NO_LIMIT), get(row, 10, Quota.NO_LIMIT),
                    get(row, 11, Quota.NO_LIMIT));
            long revoked = get(row, 13, Long.MAX_VALUE);
            return new KeyRecord(id, row.getString(2), row.getString(3), row.getString(4), row.getString(5),
                    row.getBoolean(6), Instant.ofEpochMilli(row.getLong(7)), row.getString(8), quota,
                    (int) get(row, 12, KeyRecord.STANDARD_RATE),
                    revoked == Long.MAX_VALUE ? KeyRecord.NEVER : Instant.ofEpochMilli(revoked),
                    new KeyVersion(row.getLong(14), row.getString(15)));
        } catch (IllegalArgumentException e) {
            throw new SQLException("the row of key " + id + " holds a value that is not understood: " + e.getMessage(),
                    e);
        }
    }

    private static long get(ResultSet row, int column, long none) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? none : value;
    }
}
