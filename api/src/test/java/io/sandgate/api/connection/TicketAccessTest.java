package io.sandgate.api.connection;

import io.sandgate.gateway.limit.LimitSettings;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TicketAccessTest {
    private final ApiServer server = new ApiServer(LimitSettings.DEFAULT);

    @AfterEach
    void stop() {
        server.close();
    }

    private String ticket(String body) {
        return new JsonObject(server.send("POST", "/connections/tickets", body).body()).getString("ticket");
    }

    private HttpResponse<String> events(String query) {
        return server.send("GET", ApiServer.EVENTS + query, "");
    }

    @Test
    void events_byATicketForThem_areThoseOfItsTeam() {
        HttpResponse<String> answer = events("?ticket=" + ticket("{\"client\":\"u1\",\"events\":true}"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"team\":\"red\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"client\":\"u1\"}", "{\"client\":\"u1\",\"events\":false,\"rooms\":[\"events\"]}"})
    void events_byATicketForConnectionsOnly_are403(String order) {
        HttpResponse<String> answer = events("?ticket=" + ticket(order));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("does not open the event stream");
    }

    @Test
    void events_byTwoTicketsOrAForgedOne_are401() {
        String good = ticket("{\"client\":\"u1\",\"events\":true}");
        assertThat(events("?ticket=" + good + "&ticket=" + good).statusCode()).isEqualTo(401);
        assertThat(events("?ticket=" + good.substring(1)).statusCode()).isEqualTo(401);
    }
}
