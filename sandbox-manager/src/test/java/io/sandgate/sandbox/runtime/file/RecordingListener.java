package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.runtime.SandboxFiles.Change;
import io.sandgate.sandbox.runtime.SandboxFiles.WatchListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/// Keeps what it hears, one line each.
final class RecordingListener implements WatchListener {

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public void changed(Change change, String name) {
        heard.add(change + " " + name);
    }

    @Override
    public void ended(String reason) {
        heard.add("ended: " + reason);
    }

    /// The next line, waited for.
    String next() throws InterruptedException {
        String line = heard.poll(20, TimeUnit.SECONDS);
        assertThat(line).as("something heard").isNotNull();
        return line;
    }

    /// Waits for a line, past others.
    void await(String line) throws InterruptedException {
        while (!next().equals(line)) {
            // another change
        }
    }

    boolean isSilent() {
        return heard.isEmpty();
    }
}
