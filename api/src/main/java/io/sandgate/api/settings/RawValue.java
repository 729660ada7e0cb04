package io.sandgate.api.settings;

import java.util.List;

/// What a source says about a setting, before it is understood.
///
/// @param items the text, or the entries of a list
/// @param list whether the source wrote a list, so that the entries are already apart
/// @param source where it was written, such as `--set` or a file with a line
record RawValue(List<String> items, boolean list, String source) {

    RawValue {
        items = List.copyOf(items);
    }

    static RawValue text(String text, String source) {
        return new RawValue(List.of(text), false, source);
    }

    String text() {
        return String.join(",", items);
    }
}
