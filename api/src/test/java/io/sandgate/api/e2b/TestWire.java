package io.sandgate.api.e2b;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.sandgate.api.e2b.TestClient.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Bytes on a connection of their own.
final class TestWire {
    private TestWire() {}

    /// What came until the server closed.
    record Raw(String text) {

        /// The first response in it, which must not be chunked.
        Answer answer() {
            int end = text.indexOf("\r\n\r\n");
            List<String> head = text.substring(0, end).lines().toList();
            Map<String, List<String>> headers = new HashMap<>();
            head.stream().skip(1).forEach(line -> headers.put(line.substring(0, line.indexOf(':')),
                    List.of(line.substring(line.indexOf(':') + 1).strip())));
            String body = text.substring(end + 4);
            return new Answer(Integer.parseInt(head.getFirst().split(" ", -1)[1]),
                    HttpHeaders.of(headers, (name, value) -> true),
                    body.isEmpty() ? MissingNode.getInstance() : TestClient.json(body));
        }
    }

    static Raw send(int port, String text) {
        return send(port, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends the bytes and reads until the end; a reset after the answer counts as the end.
    static Raw send(int port, byte[] bytes) {
        StringBuilder text = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(bytes);
            byte[] buffer = new byte[8_192];
            for (int n = socket.getInputStream().read(buffer); n >= 0; n = socket.getInputStream().read(buffer)) {
                text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            }
        } catch (SocketException e) {
            return new Raw(text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Raw(text.toString());
    }
}
