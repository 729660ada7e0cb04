package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The entries of one page and one more if there are more.
///
/// A page of the whole cluster needs no more than the same page of each member: each holds the first entries after the
/// same place.
///
/// @param entries in order
/// @param running how many running sandboxes match, on all pages; none in a list of something else
record ListPage(List<ListEntry> entries, int running) {

    /// The page of several pages together.
    static ListPage merge(List<ListPage> pages, ListRange range) {
        Map<String, ListEntry> entries = new HashMap<>();
        int running = 0;
        for (ListPage page : pages) {
            running += page.running;
            for (ListEntry entry : page.entries) {
                entries.putIfAbsent(entry.id(), entry);
            }
        }
        return new ListPage(range.cut(entries.values().stream().toList()), running);
    }

    /// The page of this one and others together.
    ListPage with(Collection<ListPage> others, ListRange range) {
        List<ListPage> all = new ArrayList<>(others);
        all.add(this);
        return merge(all, range);
    }

    /// What a client gets.
    Reply reply(ListRange range) {
        List<ListEntry> shown = entries.stream().limit(range.limit()).toList();
        ArrayNode json = Json.array();
        shown.forEach(entry -> json.add(entry.json()));
        Reply reply = Reply.json(200, json);
        if (entries.size() > shown.size()) {
            ListEntry last = shown.getLast();
            reply = reply.with("X-Next-Token",
                    new PageToken(last.startedAt(), last.id(), range.ascending()).encode());
        }
        return reply;
    }

    /// What a peer gets.
    JsonNode toJson(ListKind kind) {
        ObjectNode json = Json.object().put("running", running);
        ArrayNode all = json.putArray(kind.all());
        entries.forEach(entry -> all.add(entry.json()));
        return json;
    }

    /// Reads what a peer sent.
    ///
    /// @throws IOException when it is no page
    static ListPage read(Buffer body, ListKind kind) throws IOException {
        JsonNode json = Json.read(body);
        List<ListEntry> entries = new ArrayList<>();
        for (JsonNode entry : json.path(kind.all())) {
            try {
                entries.add(new ListEntry(Instant.parse(entry.path(kind.time()).asText()),
                        entry.path(kind.id()).asText(), entry));
            } catch (DateTimeException e) {
                throw new IOException("an entry without a valid " + kind.time(), e);
            }
        }
        if (!json.path("running").isInt()) {
            throw new IOException("no page of " + kind.all());
        }
        return new ListPage(entries, json.path("running").asInt());
    }
}
