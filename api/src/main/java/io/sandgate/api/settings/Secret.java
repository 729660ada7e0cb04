package io.sandgate.api.settings;

/// A text that must not be shown: its own text form hides it.
///
/// @param value the text itself, for the one place that needs it
public record Secret(String value) {

    /// What is shown in place of a secret.
    public static final String HIDDEN = "(hidden)";

    @Override
    public String toString() {
        return HIDDEN;
    }
}
