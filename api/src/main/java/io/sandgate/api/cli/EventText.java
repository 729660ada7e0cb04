package io.sandgate.api.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An event as a person reads it, in one line: when, what, about what, whose, and the first words of the rest.
final class EventText {

    private static final int KIND_WIDTH = 20;
    private static final int MOST_WORDS = 6;
    private static final int LONGEST_WORD = 40;

    private EventText() {}

    /// The text itself when it is no JSON.
    static String of(String json) {
        JsonNode event;
        try {
            event = HttpCaller.JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return Table.printable(json);
        }
        List<String> words = new ArrayList<>();
        words.add(time(event.path("at").asText()));
        String kind = event.path("kind").asText();
        words.add(Table.printable(kind) + " ".repeat(Math.max(0, KIND_WIDTH - kind.length())));
        add(words, "", event.path("sandbox").asText());
        add(words, "", event.path("owner").asText());
        int left = MOST_WORDS;
        for (Map.Entry<String, JsonNode> member : event.path("data").properties()) {
            JsonNode value = member.getValue();
            if (left > 0 && value.isValueNode() && !value.isNull()) {
                left--;
                add(words, Table.printable(member.getKey()) + "=", value.asText());
            } else if (left > 0 && value.isArray()) {
                left--;
                add(words, Table.printable(member.getKey()) + "=", value.toString());
            }
        }
        return String.join(" ", words);
    }

    private static void add(List<String> words, String before, String text) {
        if (!text.isEmpty()) {
            String shown = text.length() > LONGEST_WORD ? text.substring(0, LONGEST_WORD - 3) + "..." : text;
            words.add(before + Table.printable(shown));
        }
    }

    /// To the millisecond, as columns want it.
    private static String time(String at) {
        String text = at.endsWith("Z") ? at.substring(0, at.length() - 1) : at;
        int dot = text.indexOf('.');
        String whole = dot < 0 ? text : text.substring(0, dot);
        String part = (dot < 0 ? "" : text.substring(dot + 1)) + "000";
        return Table.printable(whole + "." + part.substring(0, 3) + "Z");
    }
}
