package io.sandgate.proxy.replicate;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/// The log lines of one class while a test runs.
final class LogCapture implements AutoCloseable {
    private final Logger logger;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    LogCapture(Class<?> of) {
        logger = (Logger) LoggerFactory.getLogger(of);
        lines.start();
        logger.addAppender(lines);
    }

    List<String> lines(String event) {
        return lines.list.stream().map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .filter(line -> line.contains(" " + event + " ")).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
    }
}
