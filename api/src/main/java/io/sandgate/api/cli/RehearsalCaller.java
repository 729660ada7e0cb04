package io.sandgate.api.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Calls a replica over plain sockets, one connection for each call: a client would be noted as part of a start.
final class RehearsalCaller {

    private static final Pattern ID = Pattern.compile("\"sandboxID\":\"([^\"]+)\"");
    private static final int TIMEOUT_MILLIS = 30_000;

    private final int port;

    /// @param port of the public listener
    RehearsalCaller(int port) {
        this.port = port;
    }

    static boolean isReady(int adminPort) {
        try {
            return call(adminPort, "GET /readyz HTTP/1.1\r\n", "").startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    /// Makes a sandbox, and returns its id.
    String create(String key) throws IOException {
        String body = "{\"templateID\":\"base\",\"timeout\":300}";
        String answer = call(port, "POST /v2/sandboxes HTTP/1.1\r\nX-API-Key: " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n", body);
        Matcher id = ID.matcher(answer);
        if (!id.find()) {
            throw new IOException("no sandbox: " + answer);
        }
        return id.group(1);
    }

    /// Asks for the page of a sandbox.
    void page(String id, int sandboxPort) throws IOException {
        String answer = call(port, "GET /sandbox/" + id + "/" + sandboxPort + "/ HTTP/1.1\r\n", "");
        if (!answer.endsWith(RehearsalPage.BODY)) {
            throw new IOException("no page: " + answer);
        }
    }

    void kill(String key, String id) throws IOException {
        String answer = call(port, "DELETE /sandboxes/" + id + " HTTP/1.1\r\nX-API-Key: " + key + "\r\n", "");
        if (!answer.startsWith("HTTP/1.1 204")) {
            throw new IOException("not killed: " + answer);
        }
    }

    private static String call(int port, String head, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write((head + "Host: 127.0.0.1\r\nConnection: close\r\n\r\n" + body)
                    .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
