package io.sandgate.api.envd.filesystem;

import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/// Files and directories in JSON; a number of 64 bits is a string, as protobuf has it.
final class EntryJson {

    private EntryJson() {}

    static JsonObject of(Entry entry) {
        JsonObject json = new JsonObject().put("name", entry.name()).put("type", switch (entry.kind()) {
            case FILE -> "FILE_TYPE_FILE";
            case DIRECTORY -> "FILE_TYPE_DIRECTORY";
            case SYMLINK -> "FILE_TYPE_SYMLINK";
            case OTHER -> "FILE_TYPE_UNSPECIFIED";
        }).put("path", entry.path()).put("size", Long.toString(entry.size())).put("mode", entry.mode())
                .put("permissions", entry.permissions()).put("owner", entry.owner()).put("group", entry.group())
                .put("modifiedTime", entry.modified().toString());
        entry.symlinkTarget().ifPresent(target -> json.put("symlinkTarget", target));
        if (!entry.metadata().isEmpty()) {
            JsonObject metadata = new JsonObject();
            entry.metadata().forEach(metadata::put);
            json.put("metadata", metadata);
        }
        return json;
    }

    static JsonObject answer(Entry entry) {
        return new JsonObject().put("entry", of(entry));
    }

    static JsonObject answer(List<Entry> entries) {
        JsonArray array = new JsonArray();
        entries.forEach(entry -> array.add(of(entry)));
        return new JsonObject().put("entries", array);
    }
}
