package io.sandgate.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.sandgate.sandbox.driver.Egress;
import io.sandgate.sandbox.tenant.Claim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Sandboxes as rows of the table `sandbox`.
final class SandboxRows {

    private static final String COLUMNS = "uid, owner, template, metadata, environment, address, state, started_at, "
            + "end_at, timeout, on_timeout, route_version, network, auto_resume, claim_key, "
            + "claim_id, claim_memory_mb, claim_cpu, id";
    private static final String MASK = "maskRequestHost";
    private static final String SECURED = "secured";
    private static final String PUBLIC = "publicTraffic";
    private static final String INTERNET = "internet";
    private static final String ALLOW = "allowOut";
    private static final String DENY = "denyOut";
    private static final int ID = 19;

    private final ObjectMapper json = new ObjectMapper();

    List<Sandbox> select(Connection connection) throws SQLException {
        List<Sandbox> sandboxes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT " + COLUMNS + " FROM sandbox");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                sandboxes.add(read(row));
            }
        }
        return sandboxes;
    }

    void insert(Connection connection, Sandbox sandbox) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO sandbox (" + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            bind(statement, sandbox);
            statement.executeUpdate();
        }
    }

    /// Replaces the changing columns; a row in state `KILLING` stays in it.
    boolean update(Connection connection, Sandbox sandbox) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE sandbox SET state = ?, end_at = ?, route_version = ?, uid = ?, network = ? WHERE id = ? "
                        + "AND (state <> 'KILLING' OR ? = 'KILLING')")) {
            statement.setString(1, sandbox.state().name());
            statement.setLong(2, sandbox.endAt().toEpochMilli());
            statement.setLong(3, sandbox.routeVersion());
            statement.setString(4, sandbox.uid());
            statement.setString(5, write(network(sandbox.network())));
            statement.setString(6, sandbox.id());
            statement.setString(7, sandbox.state().name());
            return statement.executeUpdate() > 0;
        }
    }

    void delete(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("DELETE FROM sandbox WHERE id = ?")) {
            statement.setString(1, id);
            statement.executeUpdate();
        }
    }

    private void bind(PreparedStatement statement, Sandbox sandbox) throws SQLException {
        statement.setString(1, sandbox.uid());
        statement.setString(2, sandbox.owner());
        statement.setString(3, sandbox.template());
        statement.setString(4, write(sandbox.metadata()));
        statement.setString(5, write(sandbox.environment()));
        statement.setString(6, sandbox.address());
        statement.setString(7, sandbox.state().name());
        statement.setLong(8, sandbox.startedAt().toEpochMilli());
        statement.setLong(9, sandbox.endAt().toEpochMilli());
        statement.setLong(10, sandbox.timeout().toMillis());
        statement.setString(11, sandbox.onTimeout().name());
        statement.setLong(12, sandbox.routeVersion());
        statement.setString(13, write(network(sandbox.network())));
        statement.setBoolean(14, sandbox.autoResume());
        statement.setString(15, sandbox.claim().key());
        statement.setString(16, sandbox.claim().id());
        statement.setInt(17, sandbox.claim().memoryMb());
        statement.setInt(18, sandbox.claim().cpu());
        statement.setString(ID, sandbox.id());
    }

    private Sandbox read(ResultSet row) throws SQLException {
        String id = row.getString(ID);
        try {
            return new Sandbox(id, row.getString(1), row.getString(2), row.getString(3), map(row.getString(4)),
                    map(row.getString(5)), row.getString(6), SandboxState.valueOf(row.getString(7)),
                    Instant.ofEpochMilli(row.getLong(8)), Instant.ofEpochMilli(row.getLong(9)),
                    Duration.ofMillis(row.getLong(10)), OnTimeout.valueOf(row.getString(11)),
                    network(map(row.getString(13))), row.getBoolean(14),
                    new Claim(row.getString(15), row.getString(16), row.getInt(17), row.getInt(18)), row.getLong(12));
        } catch (IllegalArgumentException e) {
            throw new SQLException("the row of sandbox " + id + " holds a value that is not understood: "
                    + e.getMessage(), e);
        }
    }

    private static Map<String, String> network(SandboxNetwork network) {
        return Map.of(MASK, network.maskRequestHost(), SECURED, Boolean.toString(network.secured()), PUBLIC,
                Boolean.toString(network.publicTraffic()), INTERNET, Boolean.toString(network.egress().internet()),
                ALLOW, String.join(",", network.egress().allowOut()), DENY,
                String.join(",", network.egress().denyOut()));
    }

    private static SandboxNetwork network(Map<String, String> values) {
        SandboxNetwork plain = SandboxNetwork.PLAIN;
        return new SandboxNetwork(values.getOrDefault(MASK, ""), flag(values, SECURED, plain.secured()),
                flag(values, PUBLIC, plain.publicTraffic()),
                new Egress(flag(values, INTERNET, plain.egress().internet()), list(values, ALLOW), list(values, DENY)));
    }

    private static List<String> list(Map<String, String> values, String name) {
        String text = values.getOrDefault(name, "");
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    private static boolean flag(Map<String, String> values, String name, boolean standard) {
        String value = values.get(name);
        return value == null ? standard : Boolean.parseBoolean(value);
    }

    private String write(Map<String, String> map) throws SQLException {
        try {
            return json.writeValueAsString(map);
        } catch (JsonProcessingException e) {
            throw new SQLException("not to be written as JSON", e);
        }
    }

    private Map<String, String> map(String text) {
        try {
            return json.readValue(text, new TypeReference<>() {
            });
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON object of strings", e);
        }
    }
}
