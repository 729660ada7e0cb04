package io.sandgate.api.connection;

import io.sandgate.gateway.connection.ClientKey;
import io.sandgate.gateway.connection.ClientView;
import io.sandgate.gateway.connection.Outcome;
import io.sandgate.gateway.limit.LimitSettings;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionsApiTest {
    private final ApiServer server = new ApiServer(LimitSettings.DEFAULT);

    @AfterEach
    void stop() {
        server.close();
    }

    private static String message(HttpResponse<String> answer) {
        return new JsonObject(answer.body()).getString("message");
    }

    private void connect(String team, String client, String... rooms) {
        ClientKey key = new ClientKey(team, client);
        server.clients.known.put(key,
                new ClientView(key, "c-" + client, "r2", Instant.parse("2026-01-01T00:00:00Z"), List.of(rooms)));
    }

    @Test
    void send_toClient_passesTheValueOnAndSaysWhereItWent() {
        HttpResponse<String> answer = server.send("POST", "/clients/a:b@c.~-_/messages",
                " { \"n\" : 1.50e3,\n\t\"text\" : \"a \\\" b\\\\\", \"odd\":\"\\ud800 \\u00e9 é\" } ");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(answer.body())).isEqualTo(new JsonObject(
                "{\"result\":\"delivered\",\"id\":\"m1\",\"connection\":\"c1\",\"replica\":\"r2\"}"));
        assertThat(server.clients.asked).containsExactly(
                "send red/a:b@c.~-_ {\"n\":1.50e3,\"text\":\"a \\\" b\\\\\",\"odd\":\"\\ud800 \\u00e9 é\"}");
    }

    @Test
    void send_toConnection_isForTheTeamOnly() {
        server.send("k2", "POST", "/connections/00ff/messages", "true".getBytes(StandardCharsets.UTF_8));

        assertThat(server.clients.asked).containsExactly("send blue#00ff true");
    }

    @Test
    void send_toRoom_countsWhatBecameOfIt() {
        HttpResponse<String> answer = server.send("POST", "/rooms/a.b/messages", "\"hi\"");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(answer.body()))
                .isEqualTo(new JsonObject("{\"id\":\"m2\",\"delivered\":3,\"offline\":1,\"retry\":2}"));
        assertThat(server.clients.asked).containsExactly("broadcast red/a.b \"hi\"");
    }

    @Test
    void send_clientIsOffline_is404() {
        server.clients.outcome = new Outcome.Offline();

        HttpResponse<String> answer = server.send("POST", "/clients/u1/messages", "1");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("{\"result\":\"offline\"}");
    }

    @Test
    void send_mayWorkLater_is503WithWhen() {
        server.clients.outcome = new Outcome.Retry("r2 does not answer");

        HttpResponse<String> answer = server.send("POST", "/clients/u1/messages", "1");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).contains("1");
        assertThat(answer.body()).isEqualTo("{\"result\":\"retry\",\"message\":\"r2 does not answer\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | the body is empty", "'  ' | the body is empty",
            "'{\"a\":1' | line 1, column 7", "'{\"a\":}' | line 1, column 6", "'[1,\n2,]' | line 2, column",
            "'1 2' | line 1, column", "'\"a\" x' | line 1, column", "'NaN' | line 1, column", "'01' | line 1, column",
            "'\"a\nb\"' | line 1, column", "'\"\\x\"' | line 1, column", "'\"abc' | line 1, column",
            "'tru' | line 1, column", "'{''a'':1}' | line 1, column", "'[\"a\" \"b\"]' | line 1, column"})
    void send_noJson_is400AndSaysWhere(String body, String where) {
        HttpResponse<String> answer = server.send("POST", "/clients/u1/messages", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(message(answer)).contains(where).contains("(expected: one JSON value)");
        assertThat(server.clients.asked).isEmpty();
    }

    @Test
    void send_notUtf8OrTooDeep_is400() {
        assertThat(server.send("k1", "POST", "/clients/u1/messages", new byte[]{'"', (byte) 0xff, '"'}).statusCode())
                .isEqualTo(400);
        // UTF-16, which a reader of bytes would take for JSON
        assertThat(server.send("k1", "POST", "/clients/u1/messages", "[1]".getBytes(StandardCharsets.UTF_16))
                .statusCode()).isEqualTo(400);
        assertThat(server.send("POST", "/clients/u1/messages", "[".repeat(1024)).statusCode()).isEqualTo(400);
    }

    @Test
    void send_asLongAsAllowed_isTakenAndOneMoreIs413() {
        String longest = "\"" + "x".repeat(ApiServer.MAX_MESSAGE - 2) + "\"";

        assertThat(server.send("POST", "/clients/u1/messages", longest).statusCode()).isEqualTo(200);
        for (String path : List.of("/clients/u1/messages", "/connections/c1/messages", "/rooms/a/messages")) {
            assertThat(server.send("POST", path, longest + " ").statusCode()).isEqualTo(413);
        }
        assertThat(server.clients.asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2Fb", "a%20b", "%00", "%C3%A4", "a%5Cb", "a%23", "a%3Fb", "a%7Cb", "a%25"})
    void client_withCharactersThatItMayNotHave_is400AndNamesThoseThatItMay(String client) {
        for (HttpResponse<String> answer : List.of(server.send("POST", "/clients/" + client + "/messages", "1"),
                server.send("GET", "/clients/" + client, ""), server.send("PUT", "/rooms/a/clients/" + client, ""),
                server.send("GET", "/clients?after=" + client, ""))) {
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(message(answer)).contains("(expected: 1-128 letters, digits, '_', '.', ':', '@', '~' or '-'");
        }
        assertThat(server.clients.asked).isEmpty();
    }

    @Test
    void client_tooLong_is400() {
        assertThat(server.send("POST", "/clients/" + "a".repeat(128) + "/messages", "1").statusCode()).isEqualTo(200);
        assertThat(server.send("POST", "/clients/" + "a".repeat(129) + "/messages", "1").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "a@b", "a~b", "a%2Fb", "%C3%A4", "a%20b",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    void room_outsideTheAlphabet_is400AndNamesIt(String room) {
        for (HttpResponse<String> answer : List.of(server.send("POST", "/rooms/" + room + "/messages", "1"),
                server.send("GET", "/rooms/" + room, ""), server.send("PUT", "/rooms/" + room + "/clients/u1", ""),
                server.send("DELETE", "/rooms/" + room + "/clients/u1", ""))) {
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(message(answer)).contains("(expected: 1-64 letters, digits, '_', '.' or '-'");
        }
        assertThat(server.clients.asked).isEmpty();
    }

    @Test
    void rooms_joinAndLeave_sayWhatBecameOfIt() {
        assertThat(server.send("PUT", "/rooms/a/clients/u1", "").statusCode()).isEqualTo(204);
        assertThat(server.send("DELETE", "/rooms/a/clients/u1", "").statusCode()).isEqualTo(204);
        server.clients.outcome = new Outcome.Offline();
        assertThat(server.send("PUT", "/rooms/a/clients/u1", "").statusCode()).isEqualTo(404);
        server.clients.outcome = new Outcome.Refused("u1 is in 64 rooms");
        assertThat(server.send("PUT", "/rooms/a/clients/u1", "").statusCode()).isEqualTo(409);
        server.clients.outcome = new Outcome.Retry("later");
        assertThat(server.send("DELETE", "/rooms/a/clients/u1", "").statusCode()).isEqualTo(503);

        assertThat(server.clients.asked).startsWith("join red/u1 a", "leave red/u1 a");
    }

    @Test
    void show_clientOfTheTeam_isShownAndOthersAreNot() {
        connect("red", "u1", "a", "b");
        connect("blue", "u2", "a");

        assertThat(new JsonObject(server.send("GET", "/clients/u1", "").body())).isEqualTo(new JsonObject(
                "{\"client\":\"u1\",\"connection\":\"c-u1\",\"replica\":\"r2\",\"since\":\"2026-01-01T00:00:00Z\","
                        + "\"rooms\":[\"a\",\"b\"]}"));
        assertThat(server.send("GET", "/clients/u2", "").statusCode()).isEqualTo(404);
        assertThat(server.send("GET", "/rooms/a", "").body()).isEqualTo("{\"room\":\"a\",\"clients\":[\"u1\"]}");
    }

    @Test
    void list_inPages_hasEachClientOfTheTeamOnce() {
        connect("red", "a");
        connect("red", "b");
        connect("red", "c");
        connect("blue", "d");

        JsonObject first = new JsonObject(server.send("GET", "/clients?limit=2", "").body());
        JsonObject second = new JsonObject(
                server.send("GET", "/clients?limit=2&after=" + first.getString("next"), "").body());

        assertThat(names(first)).containsExactly("a", "b");
        assertThat(names(second)).containsExactly("c");
        assertThat(second.containsKey("next")).isFalse();
    }

    private static List<String> names(JsonObject page) {
        return page.getJsonArray("clients").stream().map(each -> ((JsonObject) each).getString("client")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "x", "", "1&limit=2", "99999999999"})
    void list_limitThatIsNone_is400(String limit) {
        HttpResponse<String> answer = server.send("GET", "/clients?limit=" + limit, "");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(message(answer)).startsWith("limit: ");
    }

    @Test
    void issue_ticket_saysUntilWhenItHolds() {
        HttpResponse<String> answer = server.send("POST", "/connections/tickets", "{\"client\":\"u1\",\"ttl\":10}");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
        JsonObject issued = new JsonObject(answer.body());
        assertThat(issued.getString("client")).isEqualTo("u1");
        assertThat(issued.getString("expiresAt")).isEqualTo("2026-01-01T00:00:11Z");
        assertThat(issued.getString("ticket")).matches("[A-Za-z0-9_-]+");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | the body is not a JSON object", "[] | the body is not a JSON object",
            "{} | client: missing", "{\"client\":1} | client: missing", "{\"client\":\"a/b\"} | client: a/b",
            "{\"client\":\"\"} | client: (empty)", "{\"client\":\"..\"} | client: ..",
            "{\"client\":\"u\",\"ttl\":0} | ttl: 0", "{\"client\":\"u\",\"ttl\":601} | ttl: 601",
            "{\"client\":\"u\",\"ttl\":1.5} | ttl: 1.5", "{\"client\":\"u\",\"ttl\":\"60\"} | ttl: 60",
            "{\"client\":\"u\",\"ttl\":null} | ttl: null", "{\"client\":\"u\",\"rooms\":\"a\"} | rooms: not a list",
            "{\"client\":\"u\",\"rooms\":[1]} | rooms: one is not a text",
            "{\"client\":\"u\",\"rooms\":[\"a b\"]} | room: a b", "{\"client\":\"u\",\"events\":1} | events: not",
            "{\"client\":\"u\",\"room\":[]} | room: not known"})
    void issue_orderThatIsNone_is400AndSaysWhy(String body, String why) {
        HttpResponse<String> answer = server.send("POST", "/connections/tickets", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(message(answer)).startsWith(why).contains("(expected: ");
    }

    @Test
    void issue_roomsThatDoNotFit_is400() {
        String rooms = ",\"" + "r".repeat(60);
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            list.append(rooms).append(i).append('"');
        }

        HttpResponse<String> answer = server.send("POST", "/connections/tickets",
                "{\"client\":\"u\",\"rooms\":[" + list.substring(1) + "]}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(message(answer)).startsWith("rooms: their names are too long together");
    }
}
