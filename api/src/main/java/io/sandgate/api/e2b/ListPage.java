package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The entries of one page and one more if there are more.
///
/// A page of the whole cluster needs no more than the same page of each member: each holds the first entries after the
/// same place.
///
/// @param entries in order
/// @param running how many running sandboxes match, on all pages
record ListPage(List<ListEntry> entries, int running) {

    /// The page of several pages together.
    static ListPage merge(List<ListPage> pages, ListQuery query) {
        Map<String, ListEntry> entries = new HashMap<>();
        int running = 0;
        for (ListPage page : pages) {
            running += page.running;
            for (ListEntry entry : page.entries) {
                entries.putIfAbsent(entry.id(), entry);
            }
        }
        return new ListPage(cut(entries.values().stream().toList(), query), running);
    }

    /// The entries that belong to the page of a query, ordered, and one more if there are more.
    static List<ListEntry> cut(List<ListEntry> entries, ListQuery query) {
        PageToken after = query.after();
        return entries.stream().filter(entry -> after == null || entry.isAfter(after))
                .sorted(ListEntry.order(query.ascending())).limit(query.limit() + 1L).toList();
    }

    /// What a peer gets.
    JsonNode toJson() {
        ObjectNode json = Json.object().put("running", running);
        ArrayNode sandboxes = json.putArray("sandboxes");
        entries.forEach(entry -> sandboxes.add(entry.json()));
        return json;
    }

    /// Reads what a peer sent.
    ///
    /// @throws IOException when it is no page
    static ListPage read(Buffer body) throws IOException {
        JsonNode json = Json.read(body);
        List<ListEntry> entries = new ArrayList<>();
        for (JsonNode sandbox : json.path("sandboxes")) {
            try {
                entries.add(new ListEntry(Instant.parse(sandbox.path("startedAt").asText()),
                        sandbox.path("sandboxID").asText(), sandbox));
            } catch (DateTimeException e) {
                throw new IOException("a sandbox without a valid startedAt", e);
            }
        }
        if (!json.path("running").isInt()) {
            throw new IOException("no page of sandboxes");
        }
        return new ListPage(entries, json.path("running").asInt());
    }
}
