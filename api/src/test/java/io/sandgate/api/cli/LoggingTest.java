package io.sandgate.api.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.settings.LogSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class LoggingTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void catchStandardError() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void giveStandardErrorBack() {
        System.setErr(before);
        Logging.configure(new LogSettings(LogSettings.Level.INFO, LogSettings.Format.TEXT));
    }

    @Test
    void event_asText_isOneLineWithTimeLevelAndShortName() {
        Logging.configure(new LogSettings(LogSettings.Level.INFO, LogSettings.Format.TEXT));

        LoggerFactory.getLogger("io.sandgate.some.Thing").info("thing.done id={}", 7);
        LoggerFactory.getLogger("io.sandgate.some.Thing").debug("thing.detail");
        LoggerFactory.getLogger("io.netty.util.Other").info("chatter");

        assertThat(text().lines()).singleElement().asString()
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ INFO  Thing thing\\.done id=7");
    }

    @Test
    void event_asJson_isOneObjectALineEvenWithAStackTrace() throws Exception {
        Logging.configure(new LogSettings(LogSettings.Level.DEBUG, LogSettings.Format.JSON));

        LoggerFactory.getLogger("io.sandgate.some.Thing").warn("thing.failed id={}", 7, new IllegalStateException("x"));

        assertThat(text().lines()).hasSize(1);
        JsonNode event = HttpCaller.JSON.readTree(text());
        assertThat(event.path("level").asText()).isEqualTo("WARN");
        assertThat(event.path("formattedMessage").asText()).isEqualTo("thing.failed id=7");
        assertThat(event.path("throwable").path("message").asText()).isEqualTo("x");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
