package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.runtime.Programs.End;
import io.sandgate.sandbox.runtime.Programs.Output;
import io.sandgate.sandbox.runtime.Programs.Source;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import static java.util.concurrent.TimeUnit.SECONDS;

/// All that was heard of a program.
final class Heard implements Output {

    private final Map<Source, StringBuilder> text = new EnumMap<>(Source.class);
    private final CompletableFuture<End> end = new CompletableFuture<>();
    final AtomicLong bytes = new AtomicLong();
    final AtomicInteger ends = new AtomicInteger();

    @Override
    public synchronized void data(Source source, byte[] chunk) {
        bytes.addAndGet(chunk.length);
        if (bytes.get() < 1 << 20) {
            text.computeIfAbsent(source, s -> new StringBuilder())
                    .append(new String(chunk, StandardCharsets.ISO_8859_1));
        }
        notifyAll();
    }

    @Override
    public void ended(End how) {
        ends.incrementAndGet();
        end.complete(how);
    }

    synchronized String text(Source source) {
        return text.getOrDefault(source, new StringBuilder()).toString();
    }

    synchronized void awaitText(Source source, String wanted) throws InterruptedException {
        long until = System.nanoTime() + SECONDS.toNanos(20);
        while (!text(source).contains(wanted)) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("not heard: " + wanted + ", but " + text);
            }
            SECONDS.timedWait(this, 1);
        }
    }

    End end() throws Exception {
        return end.get(20, SECONDS);
    }
}
