package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandgate.sandbox.SandboxManager.LogLine;
import java.util.List;

/// Log lines in E2B's JSON forms.
final class LogJson {

    private LogJson() {}

    static ObjectNode write(List<LogLine> lines, boolean structured) {
        ObjectNode json = Json.object();
        if (structured) {
            entries(lines, json.putArray("logs"));
        } else {
            ArrayNode logs = json.putArray("logs");
            lines.forEach(line -> logs.addObject().put("timestamp", line.time().toString()).put("line", line.text()));
            entries(lines, json.putArray("logEntries"));
        }
        return json;
    }

    private static void entries(List<LogLine> lines, ArrayNode into) {
        for (LogLine line : lines) {
            into.addObject().put("timestamp", line.time().toString()).put("message", line.text())
                    .put("level", LogQuery.Level.of(line).word()).putObject("fields").put("stream", line.stream());
        }
    }
}
