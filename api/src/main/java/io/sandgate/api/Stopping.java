package io.sandgate.api;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has been started, to be stopped in the reverse order. A step that fails does not keep the others from it.
final class Stopping {
    private static final Logger log = LoggerFactory.getLogger(Stopping.class);

    /// One step of a stop.
    interface Step {
        void run() throws Exception;
    }

    private record Named(String name, Step step) {}

    private final Deque<Named> steps = new ArrayDeque<>();

    synchronized void add(String name, Step step) {
        steps.push(new Named(name, step));
    }

    <T extends AutoCloseable> T close(String name, T resource) {
        add(name, resource::close);
        return resource;
    }

    /// Runs each step once, also on a thread that was interrupted to make it stop.
    synchronized void stop() {
        boolean interrupted = Thread.interrupted();
        while (!steps.isEmpty()) {
            Named next = steps.pop();
            try {
                next.step().run();
                log.debug("stop.done part=\"{}\"", next.name());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                log.warn("stop.failed part=\"{}\" error={}", next.name(), e.toString());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
