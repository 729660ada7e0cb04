package io.sandgate.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Signals to processes that tests started.
public final class Signals {

    private Signals() {}

    /// Sends a signal, such as `STOP`, to one process; nothing happens when it is gone.
    public static void send(String signal, long pid) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("kill -" + signal + " " + pid, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
