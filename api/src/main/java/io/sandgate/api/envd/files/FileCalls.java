package io.sandgate.api.envd.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sandgate.api.envd.wire.HttpCall;
import io.sandgate.api.envd.wire.HttpFailure;
import io.sandgate.api.envd.wire.MessageRoom;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Reading;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The calls about the bytes of files. They block, and throw [HttpFailure], [GuestException] or [IOException]: the last
/// for a request or an answer that broke off.
public final class FileCalls {

    private static final JsonMapper MAPPER = new JsonMapper();

    /// Nobody stops it when its client is gone.
    private static final int MAX_SOURCES = 1_000;

    private final SandboxFiles files;

    public FileCalls(SandboxFiles files) {
        this.files = files;
    }

    /// Answers with a file's bytes.
    public void download(HttpCall call, FileQuery query) throws IOException {
        String path = query.path().orElse("");
        try (Reading reading = files.read(path, user(query))) {
            new Download(call, reading).answer();
        } catch (GuestException e) {
            throw e.code() == GuestException.Code.NOT_FOUND
                    ? new HttpFailure(404, "path '" + path + "' does not exist")
                    : e;
        }
    }

    /// Writes the files that come in the body.
    public void upload(HttpCall call, FileQuery query) throws IOException {
        call.json(200, new Upload(call, files, query.path(), user(query)).write().toBuffer());
    }

    /// Puts files together into one.
    ///
    /// @param max bytes of the request
    /// @param room bounds what it takes
    public void compose(HttpCall call, int max, MessageRoom room) throws IOException {
        try (MessageRoom.Place place = room.place()) {
            byte[] body = place.read(call.body(), max + 1L);
            if (body.length > max) {
                throw new HttpFailure(413, "the body is longer than " + max + " bytes");
            }
            compose(call, MAPPER.readTree(body));
        }
    }

    private void compose(HttpCall call, JsonNode request) {
        List<String> sources = new ArrayList<>();
        for (JsonNode source : request.path("source_paths")) {
            sources.add(source.asText());
        }
        if (sources.isEmpty() || sources.size() > MAX_SOURCES) {
            throw new HttpFailure(400, "source_paths: " + sources.size() + " (expected: 1-" + MAX_SOURCES + " paths)");
        }
        String destination = request.path("destination").asText("");
        if (destination.isEmpty()) {
            throw new HttpFailure(400, "destination: missing (expected: a path)");
        }
        String user = request.path("username").asText("");
        call.json(200, json(files.compose(sources, destination, user.isEmpty() ? SandboxRuntime.DEFAULT_USER : user,
                Metadata.of(call.headers()))).toBuffer());
    }

    static JsonObject json(Entry entry) {
        JsonObject json = new JsonObject().put("path", entry.path()).put("name", entry.name()).put("type", "file");
        if (!entry.metadata().isEmpty()) {
            JsonObject metadata = new JsonObject();
            entry.metadata().forEach(metadata::put);
            json.put("metadata", metadata);
        }
        return json;
    }

    private static String user(FileQuery query) {
        return query.username().filter(name -> !name.isEmpty()).orElse(SandboxRuntime.DEFAULT_USER);
    }
}
