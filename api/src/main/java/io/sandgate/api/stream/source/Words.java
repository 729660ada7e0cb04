package io.sandgate.api.stream.source;

import java.util.Locale;

/// How constants are called in events.
final class Words {
    private Words() {}

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
