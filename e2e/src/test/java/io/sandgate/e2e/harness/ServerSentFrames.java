package io.sandgate.e2e.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The frames of the event stream as server-sent events in chunks of HTTP/1.1.
final class ServerSentFrames implements Frames {

    private final Chunks chunks;
    private final OutputStream out;

    /// The bytes without the chunks that they came in.
    private static final class Chunks {
        private final InputStream in;
        private int left;
        private boolean begun;
        private boolean over;

        Chunks(InputStream in) {
            this.in = in;
        }

        int read() throws IOException {
            if (left == 0 && !over) {
                if (begun) {
                    StreamWire.line(in);
                }
                begun = true;
                left = Integer.parseInt(StreamWire.line(in), 16);
                over = left == 0;
            }
            if (over) {
                return -1;
            }
            left--;
            return in.read();
        }
    }

    ServerSentFrames(StreamWire wire) {
        chunks = new Chunks(wire.in());
        out = wire.out();
    }

    @Override
    public @Nullable StreamFrame next() throws IOException {
        String id = "";
        String name = "";
        StringBuilder data = new StringBuilder();
        while (true) {
            String line = line();
            if (line == null) {
                return null;
            }
            if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            } else if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                data.append(line.substring(5).strip());
            } else if (line.isEmpty() && !data.isEmpty()) {
                return new StreamFrame(data.toString(), id, name);
            }
        }
    }

    private @Nullable String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        for (int next = chunks.read(); next != '\n'; next = chunks.read()) {
            if (next < 0) {
                return null;
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /// An empty line before a further request, which a server has to put up with.
    @Override
    public void probe() throws IOException {
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void say(String text) throws IOException {
        throw new IOException("nothing can be sent to a server of events: " + text);
    }

    @Override
    public int closeCode() {
        return 0;
    }
}
