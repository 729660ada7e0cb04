package io.sandgate.sandbox.outbound;

import io.sandgate.sandbox.outbound.Refusal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The requests of a connection for HTTP/1, one after another: each is followed to its end, so that the head of the next is
/// known and is for the same name as the first.
final class Requests {

    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})[ \\t]*(;[^\\p{Cntrl}]*)?");
    private static final int LONGEST_LINE = 4096;

    private final Intake intake;
    private final Duration patience;
    private final Switch answer;

    /// @param patience for the head of a request, from its first byte on
    /// @param answer tells whether the server goes on as a web socket
    Requests(Intake intake, Duration patience, Switch answer) {
        this.intake = intake;
        this.patience = patience;
        this.answer = answer;
    }

    /// Passes them on until the sandbox ends.
    ///
    /// @param first the head of the first, which was taken and checked
    void pass(RequestHead first, Side server) throws IOException, Refusal {
        write(first.bytes(first.webSocket()), server);
        body(first, server);
        if (first.webSocket() && answer.await()) {
            passAll(intake, server);
            return;
        }
        while (intake.size() > 0 || intake.more()) {
            intake.side().hurry(patience);
            RequestHead next = RequestHead.take(intake);
            intake.side().relax();
            if (!next.host().equalsIgnoreCase(first.host())) {
                throw new Refusal(Reason.OTHER_NAME, "a request for " + next.host() + " follows one for "
                        + first.host());
            }
            // to which of several answers a switch belongs would have to be counted
            write(next.bytes(false), server);
            body(next, server);
        }
    }

    /// Passes on whatever comes.
    static void passAll(Intake intake, Side server) throws IOException, Refusal {
        while (intake.size() > 0 || intake.more()) {
            intake.pass(server, Long.MAX_VALUE);
        }
    }

    private void body(RequestHead head, Side server) throws IOException, Refusal {
        if (!head.chunked()) {
            pass(head.length(), server);
            return;
        }
        for (long size = chunk(server); size > 0; size = chunk(server)) {
            pass(size, server);
            if (!line(server).isEmpty()) {
                throw new Refusal(Reason.UNCLEAR, "a chunk does not end where it should");
            }
        }
        String trailer;
        do {
            trailer = line(server);
        } while (!trailer.isEmpty());
    }

    private long chunk(Side server) throws IOException, Refusal {
        Matcher size = CHUNK.matcher(line(server));
        if (!size.matches()) {
            throw new Refusal(Reason.UNCLEAR, "a chunk has no size");
        }
        return Long.parseLong(size.group(1), 16);
    }

    private String line(Side server) throws IOException, Refusal {
        int end = 0;
        intake.need(2);
        while (intake.at(end) != '\r' || intake.at(end + 1) != '\n') {
            if (intake.at(end) == '\r' || intake.at(end) == '\n' || end == LONGEST_LINE) {
                throw new Refusal(Reason.UNCLEAR, "a line of its body does not end as it should");
            }
            end++;
            intake.need(end + 2);
        }
        byte[] taken = intake.take(end + 2);
        write(taken, server);
        return new String(taken, 0, end, StandardCharsets.ISO_8859_1);
    }

    private void pass(long length, Side server) throws IOException, Refusal {
        for (long left = length; left > 0;) {
            if (intake.size() == 0 && !intake.more()) {
                throw new IOException("it ended within a body");
            }
            left -= intake.pass(server, left);
        }
    }

    private static void write(byte[] bytes, Side server) throws IOException {
        server.write(bytes, 0, bytes.length);
    }
}
