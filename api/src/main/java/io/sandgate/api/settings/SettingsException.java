package io.sandgate.api.settings;

/// A setting that stops the start; the message is one line with the setting, its value, what is allowed and the source.
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }
}
