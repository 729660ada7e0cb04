package io.sandgate.api.cli;

import java.util.Optional;

/// Reads the lines of a `text/event-stream`. Not for several threads.
final class ServerSentEvents {

    /// One message.
    ///
    /// @param type its name, or empty
    /// @param id the place behind it; empty when it has none of its own
    /// @param data what it says
    record Message(String type, String id, String data) {}

    private String type = "";
    private String id = "";
    private final StringBuilder data = new StringBuilder();

    /// Takes the next line.
    ///
    /// @return a message when the line ends one
    Optional<Message> line(String line) {
        if (line.isEmpty()) {
            return end();
        }
        int colon = line.indexOf(':');
        String field = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + 1);
        String text = value.startsWith(" ") ? value.substring(1) : value;
        switch (field) {
            case "event" -> type = text;
            case "id" -> id = text;
            case "data" -> data.append(data.isEmpty() ? "" : "\n").append(text);
            default -> {
                // a comment, or a field that nobody needs here
            }
        }
        return Optional.empty();
    }

    private Optional<Message> end() {
        Message message = new Message(type, id, data.toString());
        type = "";
        id = "";
        data.setLength(0);
        return message.data().isEmpty() ? Optional.empty() : Optional.of(message);
    }
}
