package io.sandgate.api.settings;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One setting: its name, type, default and meaning.
///
/// A name with `<name>` or `<VAR>` in it stands for a family, such as one setting in every template.
///
/// @param name in kebab-case, without the leading `sandgate.`
/// @param type what it may be
/// @param defaultText the value it has when not given; null when it then has none or one made from other settings
/// @param defaultWords the default for people
/// @param meaning one sentence
/// @param secret whether its value is never shown
/// @param <T> the type of its value
public record Setting<T>(String name, Type<T> type, @Nullable String defaultText, String defaultWords, String meaning,
        boolean secret) {

    static final String PREFIX = "sandgate.";
    static final String ENVIRONMENT_PREFIX = "SANDGATE_";

    /// A setting with a default.
    static <T> Setting<T> of(String name, Type<T> type, String defaultText, String meaning) {
        return new Setting<>(name, type, defaultText, defaultText, meaning, false);
    }

    /// A setting without a fixed default.
    static <T> Setting<T> optional(String name, Type<T> type, String defaultWords, String meaning) {
        return new Setting<>(name, type, null, defaultWords, meaning, false);
    }

    /// A setting without a default whose value is never shown.
    static <T> Setting<T> secret(String name, Type<T> type, String meaning) {
        return new Setting<>(name, type, null, "none", meaning, true);
    }

    /// The name that users see.
    String fullName() {
        return PREFIX + name;
    }

    /// The environment variable that gives it.
    String environmentName() {
        String fixed = name.replace("<name>", "\0").replace("<VAR>", "\1");
        return ENVIRONMENT_PREFIX + fixed.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_')
                .replace("\0", "<NAME>").replace("\1", "<VAR>");
    }

    /// Whether the name is this setting's or one of its family.
    boolean matches(String candidate) {
        if (name.indexOf('<') < 0) {
            return name.equals(candidate);
        }
        return Pattern.matches("\\Q" + name.replace("<name>", "\\E[a-z0-9][a-z0-9-]{0,62}\\Q")
                .replace("<VAR>", "\\E[A-Za-z_][A-Za-z0-9_]*\\Q") + "\\E", candidate);
    }

    /// The setting name that an environment variable means, when it means this setting or one of its family.
    Optional<String> nameIn(String variable) {
        if (name.indexOf('<') < 0) {
            return variable.equals(environmentName()) ? Optional.of(name) : Optional.empty();
        }
        Matcher matcher = Pattern.compile(environmentName().replace("<NAME>", "(?<name>[A-Z0-9_]+?)").replace("<VAR>",
                "(?<var>[A-Za-z_][A-Za-z0-9_]*)")).matcher(variable);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String template = matcher.group("name").toLowerCase(Locale.ROOT).replace('_', '-');
        String named = name.replace("<name>", template);
        return Optional.of(named.contains("<VAR>") ? named.replace("<VAR>", matcher.group("var")) : named);
    }

    /// The member of the family with the given full name.
    Setting<T> named(String concrete) {
        return new Setting<>(concrete, type, defaultText, defaultWords, meaning, secret);
    }

    T read(RawValue value) {
        try {
            return type.parse(value);
        } catch (IllegalArgumentException e) {
            throw refused(value, type.allowed());
        }
    }

    SettingsException refused(RawValue value, String expected) {
        String shown = secret ? Secret.HIDDEN : value.text().isEmpty() ? "(empty)" : oneLine(value.text());
        return new SettingsException(
                fullName() + ": " + shown + " (expected: " + expected + "; from " + value.source() + ")");
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
