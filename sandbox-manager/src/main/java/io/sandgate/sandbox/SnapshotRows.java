package io.sandgate.sandbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Snapshots as rows of the table `snapshot`.
final class SnapshotRows {

    private static final String COLUMNS = "id, owner, name, sandbox, template, created_at, bytes";

    private SnapshotRows() {}

    static List<Snapshot> select(Connection connection) throws SQLException {
        List<Snapshot> snapshots = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + COLUMNS + " FROM snapshot");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                snapshots.add(new Snapshot(row.getString(1), row.getString(2), Optional.ofNullable(row.getString(3)),
                        row.getString(4), row.getString(5), Instant.ofEpochMilli(row.getLong(6)), row.getLong(7)));
            }
        }
        return snapshots;
    }

    static void insert(Connection connection, Snapshot snapshot) throws SQLException {
        if (snapshot.name().isPresent()) {
            try (PreparedStatement statement = connection
                    .prepareStatement("UPDATE snapshot SET name = NULL WHERE owner = ? AND name = ?")) {
                statement.setString(1, snapshot.owner());
                statement.setString(2, snapshot.name().get());
                statement.executeUpdate();
            }
        }
        try (PreparedStatement statement = connection
                .prepareStatement("INSERT INTO snapshot (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            statement.setString(1, snapshot.id());
            statement.setString(2, snapshot.owner());
            statement.setString(3, snapshot.name().orElse(null));
            statement.setString(4, snapshot.sandbox());
            statement.setString(5, snapshot.template());
            statement.setLong(6, snapshot.createdAt().toEpochMilli());
            statement.setLong(7, snapshot.bytes());
            statement.executeUpdate();
        }
    }

    static void delete(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM snapshot WHERE id = ?")) {
            statement.setString(1, id);
            statement.executeUpdate();
        }
    }
}
