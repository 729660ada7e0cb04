package io.sandgate.membership;

import java.util.function.Supplier;
import org.jgroups.logging.CustomLogFactory;
import org.jgroups.logging.Log;
import org.jgroups.logging.LogFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// JGroups' log, written to SLF4J two levels lower: its errors as information, its warnings for debugging.
///
/// JGroups warns of what it then repairs itself, such as a message to a member that has just died. What an operator
/// must act on is reported by this package in its own words.
@SuppressWarnings("AnnotateFormatMethod") // the formats are those of JGroups, whose interface is not annotated
final class QuietLog implements Log {
    private final Logger log;

    private QuietLog(Logger log) {
        this.log = log;
    }

    /// Makes JGroups use this log in the whole process; channels made before keep theirs.
    static void install() {
        LogFactory.setCustomLogFactory(new CustomLogFactory() {
            @Override
            public Log getLog(Class<?> type) {
                return new QuietLog(LoggerFactory.getLogger(type));
            }

            @Override
            public Log getLog(String category) {
                return new QuietLog(LoggerFactory.getLogger(category));
            }
        });
    }

    private void write(Level level, String message) {
        log.atLevel(level).log(message);
    }

    private void write(Level level, Supplier<String> message) {
        log.atLevel(level).log(message);
    }

    private void write(Level level, String message, Throwable failure) {
        log.atLevel(level).setCause(failure).log(message);
    }

    @Override
    public boolean isFatalEnabled() {
        return log.isInfoEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return log.isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return log.isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return log.isDebugEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return log.isTraceEnabled();
    }

    @Override
    public boolean isTraceEnabled() {
        return log.isTraceEnabled();
    }

    @Override
    public void fatal(String message) {
        write(Level.INFO, message);
    }

    @Override
    public void fatal(String format, Object... args) {
        write(Level.INFO, () -> format.formatted(args));
    }

    @Override
    public void fatal(String message, Throwable failure) {
        write(Level.INFO, message, failure);
    }

    @Override
    public void error(String message) {
        write(Level.INFO, message);
    }

    @Override
    public void error(String format, Object... args) {
        write(Level.INFO, () -> format.formatted(args));
    }

    @Override
    public void error(String message, Throwable failure) {
        write(Level.INFO, message, failure);
    }

    @Override
    public void warn(String message) {
        write(Level.DEBUG, message);
    }

    @Override
    public void warn(String format, Object... args) {
        write(Level.DEBUG, () -> format.formatted(args));
    }

    @Override
    public void warn(String message, Throwable failure) {
        write(Level.DEBUG, message, failure);
    }

    @Override
    public void info(String message) {
        write(Level.DEBUG, message);
    }

    @Override
    public void info(String format, Object... args) {
        write(Level.DEBUG, () -> format.formatted(args));
    }

    @Override
    public void debug(String message) {
        write(Level.TRACE, message);
    }

    @Override
    public void debug(String format, Object... args) {
        write(Level.TRACE, () -> format.formatted(args));
    }

    @Override
    public void debug(String message, Throwable failure) {
        write(Level.TRACE, message, failure);
    }

    @Override
    public void trace(Object message) {
        write(Level.TRACE, String.valueOf(message));
    }

    @Override
    public void trace(String message) {
        write(Level.TRACE, message);
    }

    @Override
    public void trace(String format, Object... args) {
        write(Level.TRACE, () -> format.formatted(args));
    }

    @Override
    public void trace(String message, Throwable failure) {
        write(Level.TRACE, message, failure);
    }

    /// Levels are set in SLF4J's own configuration.
    @Override
    public void setLevel(String level) {}

    @Override
    public String getLevel() {
        return log.isTraceEnabled() ? "trace" : log.isDebugEnabled() ? "debug" : "info";
    }
}
