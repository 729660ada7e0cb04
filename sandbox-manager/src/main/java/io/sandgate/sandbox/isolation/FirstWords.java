package io.sandgate.sandbox.isolation;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.NamedPipe;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.linux.Poller.Interest;
import io.sandgate.sandbox.linux.SystemCallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What is said between a replica and a sandbox that is being started: by two named pipes, since those of a child are closed
/// when it hands over to another process and ends.
final class FirstWords implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;
    private static final int MOST = 4096;

    private final Poller poller;
    private final Path said;
    private final Path go;
    private final Descriptor reading;
    private final Descriptor writing;
    private final StringBuilder text = new StringBuilder();

    private FirstWords(Poller poller, Path said, Path go) throws IOException {
        this.poller = poller;
        this.said = said;
        this.go = go;
        this.reading = Descriptor.open(said.toString(), 0, OpenFlag.RDONLY, OpenFlag.NONBLOCK);
        this.writing = Descriptor.open(go.toString(), 0, OpenFlag.RDWR, OpenFlag.NONBLOCK);
    }

    /// Makes the pipes in a folder.
    static FirstWords in(Path folder, Poller poller) throws IOException {
        Path said = folder.resolve("said");
        Path go = folder.resolve("go");
        NamedPipe.create(said.toString(), 0600);
        NamedPipe.create(go.toString(), 0600);
        return new FirstWords(poller, said, go);
    }

    /// Where the sandbox is to write.
    Path said() {
        return said;
    }

    /// Where the sandbox is to read that it may go on.
    Path go() {
        return go;
    }

    /// What is said up to the end of a word, without it.
    ///
    /// @throws IOException when nobody is left to say it, or nobody does in time
    String until(String word) throws IOException {
        int end;
        while ((end = text.indexOf(word)) < 0) {
            if (text.length() > MOST || !more()) {
                throw new IOException("nothing was said by what was started");
            }
        }
        String before = text.substring(0, end);
        text.delete(0, end + word.length());
        return before.strip();
    }

    void goOn() throws IOException {
        writing.write(ByteBuffer.wrap(new byte[]{'\n'}));
    }

    private boolean more() throws IOException {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Poller.Registration registration = poller.register(reading, Interest.READ, () -> ready.complete(null));
        try {
            ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            ByteBuffer buffer = ByteBuffer.allocate(MOST);
            if (reading.read(buffer) < 0) {
                return false;
            }
            text.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
            return true;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.EAGAIN) {
                return true;
            }
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("nothing was said within " + PATIENCE_SECONDS + " s", e);
        } finally {
            registration.cancel();
        }
    }

    @Override
    public void close() throws IOException {
        reading.close();
        writing.close();
        Files.deleteIfExists(said);
        Files.deleteIfExists(go);
    }
}
