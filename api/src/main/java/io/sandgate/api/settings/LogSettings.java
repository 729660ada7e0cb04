package io.sandgate.api.settings;

import java.util.List;

/// What a replica writes about itself.
///
/// @param level events below it are not written
/// @param format how an event looks
public record LogSettings(Level level, Format format) {

    /// How much an event matters, from the least.
    public enum Level {
        TRACE, DEBUG, INFO, WARN, ERROR
    }

    /// How an event looks: one line of text for people, or one JSON object a line for programs.
    public enum Format {
        TEXT, JSON
    }

    static final Setting<Level> LEVEL = Setting.of("log.level", Type.oneOf(List.of(Level.values())), "info",
            "Events below this level are not written.");
    static final Setting<Format> FORMAT = Setting.of("log.format", Type.oneOf(List.of(Format.values())), "text",
            "One line of text for people, or one JSON object a line for programs.");
    static final List<Setting<?>> ALL = List.of(LEVEL, FORMAT);

    static LogSettings from(Values values) {
        return new LogSettings(values.get(LEVEL), values.get(FORMAT));
    }
}
