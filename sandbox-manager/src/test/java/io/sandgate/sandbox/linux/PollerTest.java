package io.sandgate.sandbox.linux;

import io.sandgate.sandbox.linux.Poller.Interest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class PollerTest {

    private final Poller poller = new Poller("test-poller");

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        poller.close();
    }

    private Descriptor pipe(String name) throws Exception {
        String path = folder.resolve(name).toString();
        NamedPipe.create(path, 0600);
        return Descriptor.open(path, 0, OpenFlag.RDWR, OpenFlag.NONBLOCK);
    }

    @Test
    void arm_ofAFileThatWasClosed_doesNotTouchTheOneWithItsNumber() throws Exception {
        Descriptor gone = pipe("gone");
        Poller.Registration stale = poller.register(gone, Interest.READ, () -> {});
        gone.close();
        Descriptor successor = pipe("successor");
        assertThat(successor.number()).isEqualTo(gone.number());
        CompletableFuture<Void> told = new CompletableFuture<>();
        poller.register(successor, Interest.READ, () -> told.complete(null));

        stale.arm();
        stale.cancel();

        successor.write(ByteBuffer.wrap(new byte[1]));
        told.get(20, SECONDS);
        successor.close();
    }

    @Test
    void failingCallback_doesNotKeepOthersFromBeingTold() throws Exception {
        try (Descriptor failing = pipe("failing"); Descriptor other = pipe("other")) {
            poller.register(failing, Interest.READ, () -> {
                throw new IllegalStateException("expected by the test");
            });
            failing.write(ByteBuffer.wrap(new byte[1]));
            CompletableFuture<Void> told = new CompletableFuture<>();
            poller.register(other, Interest.READ, () -> told.complete(null));

            other.write(ByteBuffer.wrap(new byte[1]));

            told.get(20, SECONDS);
        }
    }
}
