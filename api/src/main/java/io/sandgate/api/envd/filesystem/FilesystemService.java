package io.sandgate.api.envd.filesystem;

import io.sandgate.api.envd.connect.CallHeaders;
import io.sandgate.api.envd.connect.EventStream;
import io.sandgate.api.envd.connect.Message;
import io.sandgate.api.envd.connect.Procedure;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The procedures of `filesystem.Filesystem` over the files of one sandbox. Paths go to them as they came.
public final class FilesystemService {

    /// The service's name in paths.
    public static final String NAME = "filesystem.Filesystem";

    private final SandboxFiles files;
    private final Watchers watchers;

    public FilesystemService(SandboxFiles files, Watchers watchers) {
        this.files = files;
        this.watchers = watchers;
    }

    /// A procedure by its name.
    public Optional<Procedure> procedure(String name) {
        return Optional.ofNullable(find(name));
    }

    private @Nullable Procedure find(String name) {
        return switch (name) {
            case "Stat" -> (Procedure.Unary) this::stat;
            case "MakeDir" -> (Procedure.Unary) this::makeDirectory;
            case "Move" -> (Procedure.Unary) this::move;
            case "ListDir" -> (Procedure.Unary) this::list;
            case "Remove" -> (Procedure.Unary) this::remove;
            case "WatchDir" -> (Procedure.ServerStream) this::watch;
            case "CreateWatcher" -> (Procedure.Unary) this::createWatcher;
            case "GetWatcherEvents" -> (Procedure.Unary) this::watcherEvents;
            case "RemoveWatcher" -> (Procedure.Unary) this::removeWatcher;
            default -> null;
        };
    }

    private JsonObject stat(CallHeaders headers, Message request) {
        return EntryJson.answer(files.stat(request.text("path"), user(headers)));
    }

    private JsonObject makeDirectory(CallHeaders headers, Message request) {
        return EntryJson.answer(files.makeDirectory(request.text("path"), user(headers)));
    }

    private JsonObject move(CallHeaders headers, Message request) {
        return EntryJson.answer(files.move(request.text("source"), request.text("destination"), user(headers)));
    }

    private JsonObject list(CallHeaders headers, Message request) {
        int depth = Math.clamp(request.number("depth"), 1, Integer.MAX_VALUE);
        return EntryJson.answer(files.list(request.text("path"), depth, user(headers)));
    }

    private JsonObject remove(CallHeaders headers, Message request) {
        files.remove(request.text("path"), user(headers));
        return new JsonObject();
    }

    private void watch(CallHeaders headers, Message request, EventStream events) {
        watchers.stream(watched(headers, request), headers, events);
    }

    private JsonObject createWatcher(CallHeaders headers, Message request) {
        return new JsonObject().put("watcherId", watchers.create(watched(headers, request)));
    }

    private JsonObject watcherEvents(CallHeaders headers, Message request) {
        return new JsonObject().put("events", watchers.events(request.text("watcherId")));
    }

    private JsonObject removeWatcher(CallHeaders headers, Message request) {
        watchers.remove(request.text("watcherId"));
        return new JsonObject();
    }

    private static Watched watched(CallHeaders headers, Message request) {
        return new Watched(request.text("path"), request.flag("recursive", false), request.flag("includeEntry", false),
                user(headers));
    }

    private static String user(CallHeaders headers) {
        return headers.user().orElse(SandboxRuntime.DEFAULT_USER);
    }
}
