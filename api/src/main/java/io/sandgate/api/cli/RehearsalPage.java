package io.sandgate.api.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// What answers in the place of a sandbox' program: the same page for each request, on a port of every address.
final class RehearsalPage implements AutoCloseable {

    /// The whole body.
    static final String BODY = "rehearsed";

    private static final byte[] ANSWER = ("HTTP/1.1 200 OK\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY)
            .getBytes(StandardCharsets.ISO_8859_1);

    private final ServerSocket listener;

    private RehearsalPage(ServerSocket listener) {
        this.listener = listener;
    }

    static RehearsalPage open() throws IOException {
        RehearsalPage page = new RehearsalPage(new ServerSocket(0));
        Thread.ofPlatform().daemon().name("rehearsal-page").start(page::accept);
        return page;
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                Thread.ofPlatform().daemon().name("rehearsal-page").start(() -> answer(connection));
            }
        } catch (IOException e) {
            // it was closed
        }
    }

    private static void answer(Socket connection) {
        try (connection) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = connection.getOutputStream();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    out.write(ANSWER);
                }
            }
        } catch (IOException e) {
            // whoever asked is gone
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
