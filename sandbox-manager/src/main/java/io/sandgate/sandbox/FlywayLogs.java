package io.sandgate.sandbox;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;

/// Makes the loggers of Flyway. Public because Flyway makes it by its name.
public final class FlywayLogs implements LogCreator {

    @Override
    public Log createLogger(Class<?> source) {
        return new FlywayLog(source);
    }
}
