package io.sandgate.api.settings;

/// A setting as it came out: its value beside what explains it; a secret value is hidden.
///
/// @param name the full name
/// @param value the value as text, empty when there is none
/// @param defaultWords the default for people
/// @param source where the value was given, or `default`
/// @param allowed the allowed values, in words
/// @param meaning one sentence
public record EffectiveSetting(String name, String value, String defaultWords, String source, String allowed,
        String meaning) {

    /// Whether no source gave it.
    public boolean isDefault() {
        return source.equals(Values.DEFAULT_SOURCE);
    }
}
