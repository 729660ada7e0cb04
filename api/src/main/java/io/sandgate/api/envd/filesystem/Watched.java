package io.sandgate.api.envd.filesystem;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.vertx.core.json.JsonObject;

/// What a client watches.
///
/// @param withEntries whether each event says what is there now
record Watched(String path, boolean recursive, boolean withEntries, String user) {

    /// An event in JSON. Blocks when it comes with an entry.
    JsonObject json(WatchQueue.Event event, SandboxFiles files) {
        JsonObject json = new JsonObject().put("name", event.name()).put("type", "EVENT_TYPE_" + event.change());
        if (withEntries && event.change() != SandboxFiles.Change.REMOVE) {
            try {
                json.put("entry", EntryJson.of(files.stat(path + "/" + event.name(), user)));
            } catch (GuestException e) {
                // It is gone again, or was renamed: an event without an entry says so
                return json;
            }
        }
        return json;
    }
}
