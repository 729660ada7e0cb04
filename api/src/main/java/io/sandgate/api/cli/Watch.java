package io.sandgate.api.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sandgate.api.cli.ServerSentEvents.Message;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Follows the event stream of a replica, over as many connections as it takes.
final class Watch {

    /*
     * Implementation note.
     *
     * The place to go on from is what the server gives as the id of a message, and never the cursor in an event: those of a
     * state are older than the place that the state is of. Until the state has been told to its end, a break begins it anew.
     */

    /// When to end.
    ///
    /// @param untilLive at the first moment in which nothing is left
    /// @param count after so many events
    record Extent(boolean untilLive, long count) {}

    /// A connection that is over, and whether to go on with another one.
    private record Break(String why, Optional<CliException> fatal) {}

    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    /// The server says something each 15 s.
    private static final Duration SILENCE = Duration.ofSeconds(45);
    private static final int LINES = 1_024;
    private static final int FORBIDDEN = 4003;
    private static final int CURSOR_LOST = 4009;
    private static final String OTHER_STARTS = "begin anew with --snapshot for what there is now, with --oldest for all"
            + " that is kept, or with none of the two for what comes";

    private final CliContext context;
    private final HttpCaller caller;
    private final String filters;
    private final Extent extent;
    private final Predicate<String> printer;
    private volatile @Nullable String cursor;
    private boolean isStateWanted;
    private boolean isConnected;
    private boolean isDone;
    private long printed;

    /// @param filters parameters of the call, each with an ampersand before it
    /// @param printer prints the JSON of an event, and says whether anybody still reads
    Watch(CliContext context, HttpCaller caller, String filters, Extent extent, Predicate<String> printer) {
        this.context = context;
        this.caller = caller;
        this.filters = filters;
        this.extent = extent;
        this.printer = printer;
    }

    /// Where to go on; empty when nothing is known of that. May be called from any thread.
    Optional<String> cursor() {
        return Optional.ofNullable(cursor);
    }

    /// Prints events until enough of them are printed or nobody reads them; breaks off when it is interrupted.
    ///
    /// @param start a place, or null for what comes
    /// @param snapshot whether to begin with the state
    /// @return the place at the end, or nothing known
    String follow(@Nullable String start, boolean snapshot) {
        cursor = start;
        isStateWanted = snapshot;
        int failures = 0;
        while (!isDone) {
            isConnected = false;
            Break broken = connection(failures > 0 || printed > 0);
            if (isDone) {
                break;
            }
            if (broken.fatal().isPresent()) {
                throw broken.fatal().get();
            }
            failures = isConnected ? 1 : failures + 1;
            if (failures == 1) {
                context.err().println("sandgate: " + broken.why() + "; going on "
                        + cursor().map(place -> "from " + place).orElse("with what comes"));
            }
            Duration doubled = FIRST_WAIT.multipliedBy(1L << Math.min(failures - 1, 10));
            if (context.stop().await(doubled.compareTo(LONGEST_WAIT) < 0 ? doubled : LONGEST_WAIT)) {
                throw new CliException(ExitCode.FAILED, "interrupted");
            }
        }
        return cursor().orElse("");
    }

    /// @param isAgain whether there was a connection before, so that one that fails is tried again
    private Break connection(boolean isAgain) {
        HttpResponse<Stream<String>> response;
        try {
            response = caller.events("/events" + query());
        } catch (CliException e) {
            return new Break(String.valueOf(e.getMessage()), isAgain ? Optional.empty() : Optional.of(e));
        }
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() >= 300) {
                return refusal(response.statusCode(), lines.limit(20).reduce("", String::concat), isAgain);
            }
            return read(lines);
        }
    }

    private String query() {
        String place = cursor;
        String start = isStateWanted
                ? "snapshot=true"
                : (place == null ? "" : "after=" + HttpCaller.encode(place));
        return (start + filters).replaceFirst("^&?(?=.)", "?");
    }

    private Break refusal(int status, String body, boolean isAgain) {
        String message = HttpCaller.message(status, body);
        if (isAgain && (status == 429 || status >= 500)) {
            return new Break(caller.base() + " answered " + status + ": " + message, Optional.empty());
        }
        CliException refused = switch (status) {
            case 400 -> new CliException(ExitCode.USAGE, message);
            case 410 -> new CliException(ExitCode.FAILED, message + " (" + OTHER_STARTS + ")");
            default -> caller.refused(status, body);
        };
        return new Break(message, Optional.of(refused));
    }

    /// Reads on a thread of its own, so that a server that has gone without a word is noticed.
    private Break read(Stream<String> lines) {
        BlockingQueue<Optional<String>> queue = new LinkedBlockingQueue<>(LINES);
        Thread reader = Thread.ofVirtual().name("watch").start(() -> pump(lines, queue));
        try {
            ServerSentEvents events = new ServerSentEvents();
            while (true) {
                Optional<String> line = queue.poll(SILENCE.toSeconds(), TimeUnit.SECONDS);
                if (line == null) {
                    return new Break(caller.base() + " has been silent for " + SILENCE.toSeconds() + " s",
                            Optional.empty());
                }
                if (line.isEmpty()) {
                    return new Break("the connection to " + caller.base() + " broke", Optional.empty());
                }
                Optional<Break> end = events.line(line.get()).flatMap(this::message);
                if (end.isPresent()) {
                    return end.get();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Break("interrupted", Optional.of(new CliException(ExitCode.FAILED, "interrupted", e)));
        } finally {
            reader.interrupt();
        }
    }

    private static void pump(Stream<String> lines, BlockingQueue<Optional<String>> queue) {
        boolean isWanted = true;
        try {
            isWanted = lines.allMatch(line -> put(queue, Optional.of(line)));
        } catch (RuntimeException e) {
            // broken, which is an end like any other
        }
        if (isWanted) {
            put(queue, Optional.empty());
        }
    }

    /// Whether the line is there; when it is not, nobody reads any more.
    private static boolean put(BlockingQueue<Optional<String>> queue, Optional<String> line) {
        try {
            queue.put(line);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Break> message(Message message) {
        isConnected = true;
        if (message.type().isEmpty()) {
            return event(message);
        }
        JsonNode frame = json(message.data());
        String place = frame.path("cursor").asText();
        switch (message.type()) {
            case "live" -> {
                at(place);
                return finish(extent.untilLive());
            }
            case "state_end" -> {
                isStateWanted = false;
                at(place);
            }
            case "end" -> {
                at(place);
                return Optional.of(end(frame));
            }
            case "hello", "cursor" -> at(place);
            default -> {
                // nothing that changes the place
            }
        }
        return Optional.empty();
    }

    private Optional<Break> event(Message message) {
        if (!printer.test(message.data())) {
            return finish(true);
        }
        printed++;
        at(message.id());
        return finish(printed >= extent.count());
    }

    private Optional<Break> finish(boolean enough) {
        isDone = enough;
        return enough ? Optional.of(new Break("done", Optional.empty())) : Optional.empty();
    }

    private void at(String place) {
        if (!place.isEmpty() && !isStateWanted) {
            cursor = place;
        }
    }

    private Break end(JsonNode frame) {
        int code = frame.path("code").asInt();
        String why = caller.base() + " ended the stream: " + Table.printable(frame.path("reason").asText()) + " ("
                + code
                + ")";
        return new Break(why, switch (code) {
            case CURSOR_LOST -> Optional.of(new CliException(ExitCode.FAILED, why + " (" + OTHER_STARTS + ")"));
            case FORBIDDEN -> Optional.of(new CliException(ExitCode.FAILED, why));
            default -> Optional.empty();
        });
    }

    private static JsonNode json(String data) {
        try {
            return HttpCaller.JSON.readTree(data);
        } catch (JsonProcessingException e) {
            return HttpCaller.JSON.missingNode();
        }
    }
}
