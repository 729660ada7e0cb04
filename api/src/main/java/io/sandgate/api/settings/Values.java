package io.sandgate.api.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The given values by name, read through their settings; remembers what each setting came out as.
final class Values {

    static final String DEFAULT_SOURCE = "default";

    private final Map<String, RawValue> given;
    private final Map<String, EffectiveSetting> effective = new LinkedHashMap<>();

    Values(Map<String, RawValue> given) {
        this.given = Map.copyOf(given);
    }

    /// The value of a setting that has a default.
    <T> T get(Setting<T> setting) {
        String text = setting.defaultText();
        if (text == null) {
            throw new IllegalStateException(setting.name() + " has no default");
        }
        return getOr(setting, () -> text);
    }

    /// The value of a setting whose default is made from other settings.
    <T> T getOr(Setting<T> setting, Supplier<String> computed) {
        RawValue value = given.get(setting.name());
        if (value == null) {
            value = RawValue.text(computed.get(), DEFAULT_SOURCE);
        }
        T parsed = setting.read(value);
        record(setting, value);
        return parsed;
    }

    /// The value of a setting that may have none.
    <T> Optional<T> find(Setting<T> setting) {
        RawValue value = given.get(setting.name());
        record(setting, value);
        return Optional.ofNullable(value).map(setting::read);
    }

    private void record(Setting<?> setting, @Nullable RawValue value) {
        String text = value == null ? "" : setting.secret() ? Secret.HIDDEN : value.text();
        effective.put(setting.name(), new EffectiveSetting(setting.fullName(), text, setting.defaultWords(),
                value == null ? DEFAULT_SOURCE : value.source(), setting.type().allowed(), setting.meaning()));
    }

    /// The refusal of a value that is well-formed by itself but does not fit the others.
    SettingsException refused(Setting<?> setting, String expected) {
        RawValue value = given.get(setting.name());
        if (value != null) {
            return setting.refused(value, expected);
        }
        EffectiveSetting seen = effective.get(setting.name());
        String text = seen == null ? "" : seen.value();
        return text.isEmpty()
                ? new SettingsException(setting.fullName() + ": not set (expected: " + expected + ")")
                : setting.refused(RawValue.text(text, DEFAULT_SOURCE), expected);
    }

    /// The names that were given, in no order.
    List<String> names() {
        return List.copyOf(given.keySet());
    }

    /// All settings that were read, in the order of reading.
    List<EffectiveSetting> effective() {
        return List.copyOf(new ArrayList<>(effective.values()));
    }
}
