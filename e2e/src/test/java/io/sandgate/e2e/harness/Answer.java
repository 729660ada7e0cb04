package io.sandgate.e2e.harness;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;

/// A whole HTTP answer.
///
/// @param status its status
/// @param headers its headers
/// @param body its body as text
public record Answer(int status, HttpHeaders headers, String body) {

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    /// The body as a JSON object.
    public JsonObject json() {
        return new JsonObject(body);
    }

    /// The body as a JSON array.
    public JsonArray array() {
        return new JsonArray(body);
    }

    /// The first value of a header, or an empty text.
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }
}
