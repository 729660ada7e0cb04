package io.sandgate.sandbox;

import org.flywaydb.core.api.logging.Log;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What Flyway has to say, one level down: a migration that goes well is no news, and one that fails throws as well.
final class FlywayLog implements Log {

    private final Logger log;

    FlywayLog(Class<?> source) {
        this.log = LoggerFactory.getLogger(source);
    }

    @Override
    public void debug(String message) {
        log.trace("{}", message);
    }

    @Override
    public void info(String message) {
        log.debug("{}", message);
    }

    @Override
    public void notice(String message) {
        log.debug("{}", message);
    }

    @Override
    public void warn(String message) {
        log.warn("{}", message);
    }

    @Override
    public void error(String message) {
        log.debug("{}", message);
    }

    @Override
    public void error(String message, Exception cause) {
        log.debug("{}", message, cause);
    }
}
