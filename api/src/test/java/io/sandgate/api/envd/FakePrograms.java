package io.sandgate.api.envd;

import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.Programs;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Programs that do what a test lets them do.
final class FakePrograms implements Programs {

    /// One program and its listeners' wishes.
    final class Program {
        final int pid = pids.incrementAndGet();
        final Spec spec;
        final List<Output> outputs = new java.util.concurrent.CopyOnWriteArrayList<>();
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        Program(Spec spec) {
            this.spec = spec;
        }

        void write(Source source, String text) {
            outputs.forEach(output -> output.data(source, text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }

        void end(int code, String status, boolean timedOut) {
            outputs.forEach(output -> output.ended(new End(code, code >= 0, status, timedOut)));
        }

        Subscription subscribe(Output output) {
            outputs.add(output);
            return new Subscription() {
                @Override
                public int pid() {
                    return pid;
                }

                @Override
                public void pause() {
                    heard.add("pause");
                }

                @Override
                public void resume() {
                    heard.add("resume");
                }

                @Override
                public void cancel() {
                    outputs.remove(output);
                    heard.add("cancel");
                }
            };
        }
    }

    final BlockingQueue<Program> started = new LinkedBlockingQueue<>();
    /// Runs within a start, before it returns.
    volatile Consumer<Program> onStart = program -> {};
    /// Holds input back, as a program does that does not read.
    volatile CountDownLatch inputGate = new CountDownLatch(0);
    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final AtomicInteger pids = new AtomicInteger(40);
    private final Map<Integer, Program> running = new ConcurrentHashMap<>();

    @Override
    public List<Info> list() {
        return running.values().stream().map(program -> new Info(program.pid, program.spec)).toList();
    }

    @Override
    public Subscription start(Spec spec, Output output) {
        if (spec.user().equals("nobody-here")) {
            throw new GuestException(GuestException.Code.UNAUTHENTICATED, "there is no user nobody-here");
        }
        Program program = new Program(spec);
        running.put(program.pid, program);
        Subscription subscription = program.subscribe(output);
        onStart.accept(program);
        started.add(program);
        return subscription;
    }

    @Override
    public Subscription connect(Selector selector, Output output) {
        return find(selector).subscribe(output);
    }

    @Override
    public void input(Selector selector, byte[] data, boolean terminal) {
        Program program = find(selector);
        if (inputGate.getCount() > 0) {
            calls.add("writing");
        }
        try {
            inputGate.await();
        } catch (InterruptedException e) {
            calls.add("interrupted");
            throw new GuestException(GuestException.Code.INTERNAL, "interrupted", e);
        }
        calls.add("input " + program.pid + " " + (terminal ? "pty " : "stdin ") + new String(data,
                java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public void closeInput(Selector selector) {
        calls.add("close " + find(selector).pid);
    }

    @Override
    public void signal(Selector selector, Signal signal) {
        calls.add("signal " + find(selector).pid + " " + signal);
    }

    @Override
    public void resize(Selector selector, TerminalSize size) {
        calls.add("resize " + find(selector).pid + " " + size.columns() + "x" + size.rows());
    }

    private Program find(Selector selector) {
        return running.values().stream().filter(program -> switch (selector) {
            case ByPid(int pid) -> program.pid == pid;
            case ByTag(String tag) -> program.spec.tag().equals(tag);
        }).findFirst().orElseThrow(
                () -> new GuestException(GuestException.Code.NOT_FOUND, "there is no program " + selector));
    }
}
