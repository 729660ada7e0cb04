package io.sandgate.api;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.netty.buffer.ByteBufAllocator;
import io.sandgate.membership.JGroupsMembership;
import io.sandgate.sandbox.SandboxManager;
import io.vertx.core.VertxOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads what a replica needs and no setting changes, while the command line and the settings are read: native libraries, and
/// classes that read files when they are loaded. What fails here fails again where it is needed, and is said there.
final class HeadStart {

    private HeadStart() {}

    /// Begins, and returns at once. Nothing is logged until the log has its settings.
    static void begin() {
        // On this thread: for others that come while it happens, a log would not be there.
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        }
        load("sandbox", SandboxManager::prepare);
        load("network", HeadStart::useNetwork);
        load("membership", JGroupsMembership::prepare);
    }

    private static void useNetwork() {
        VertxOptions _ = new VertxOptions();
        boolean _ = ByteBufAllocator.DEFAULT.directBuffer(1).release();
    }

    private static void load(String what, Runnable loading) {
        // what fails here is not said here, and so neither is what fails because the process ends already
        Thread.ofPlatform().daemon().name("head-start-" + what).uncaughtExceptionHandler((thread, failure) -> {})
                .start(loading);
    }
}
