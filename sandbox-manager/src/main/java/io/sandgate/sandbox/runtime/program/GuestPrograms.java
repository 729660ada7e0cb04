package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Poller;
import io.sandgate.sandbox.runtime.Account;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Programs;
import io.sandgate.sandbox.runtime.program.ProgramRecords.Known;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The programs of one sandbox.
public final class GuestPrograms implements Programs, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GuestPrograms.class);

    /// As envd keeps what ended; source: its terminatedRetentionTTL.
    private static final Duration REMEMBERED = Duration.ofSeconds(30);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

    private final Host host;
    private final Surroundings surroundings;
    private final ProgramRecords records;
    private final Agent agent;
    private final AtomicLong names;
    private final ProgramBudget budget;
    private final ConcurrentMap<Integer, RunningProgram> byPid = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// What all sandboxes of a replica share.
    ///
    /// @param poller waits for pipes
    /// @param delay runs a task later, on a thread that must not be blocked, and returns what takes it back
    /// @param maxPrograms how many programs of one sandbox may run at a time
    public record Host(Poller poller, Delay delay, InstantSource clock, int maxPrograms) {}

    /// Runs tasks later.
    @FunctionalInterface
    public interface Delay {
        Runnable after(Duration delay, Runnable task);
    }

    /// The sandbox.
    ///
    /// @param control the folder that its agent listens at
    /// @param records a folder for what is known of its programs
    /// @param root its root directory; stays the caller's to close
    /// @param accounts its users
    /// @param ownUsers whether users of it are others than the replica's, and its agent may become each
    /// @param commands finds the commands and directories that programs are started with
    /// @param environment variables that all its programs get
    public record Surroundings(ControlFolder control, Path records, Descriptor root, Accounts accounts,
            boolean ownUsers,
            Commands commands, Map<String, String> environment) {}

    private GuestPrograms(Host host, Surroundings surroundings, Agent agent) {
        this.host = host;
        this.surroundings = surroundings;
        this.records = new ProgramRecords(surroundings.records());
        this.agent = agent;
        this.budget = new ProgramBudget(host.maxPrograms());
        this.names = new AtomicLong(host.clock().millis());
    }

    /// How many run.
    public int running() {
        return budget.programs();
    }

    /// The programs of a sandbox whose agent is there or is about to be.
    ///
    /// @throws GuestException UNAVAILABLE when there is no way to its agent
    public static GuestPrograms of(Host host, Surroundings surroundings) {
        try {
            return new GuestPrograms(host, surroundings, Agent.in(surroundings.control().path()));
        } catch (IOException e) {
            throw new GuestException(Code.UNAVAILABLE, "the sandbox takes no requests: " + e.getMessage(), e);
        }
    }

    /// Finds those again that an earlier life of the replica started.
    public void recover() {
        try {
            for (Known known : records.all()) {
                recover(known);
            }
        } catch (IOException e) {
            log.warn("program.records-unreadable folder={} reason={}", surroundings.records(), e.toString());
        }
    }

    private void recover(Known known) throws IOException {
        Path folder = surroundings.control().path().resolve(known.name());
        ProgramPipes pipes;
        try {
            pipes = ProgramPipes.open(host.poller(), folder, Optional.empty(),
                    known.spec().input() ? ProgramInput.Kind.OLD : ProgramInput.Kind.NONE);
        } catch (IOException e) {
            records.remove(known.name());
            return;
        }
        budget.takeAnyway(known.spec());
        RunningProgram program = new RunningProgram(Long.parseLong(known.name()), new Info(known.pid(), known.spec()),
                pipes, ended -> forget(ended, known.name()));
        byPid.put(known.pid(), program);
        pipes.begin();
        pipes.follow(program);
        pipes.look();
        known.deadline().ifPresent(at -> killAt(program, at));
    }

    @Override
    public List<Info> list() {
        return byPid.values().stream().filter(program -> !program.ended()).map(RunningProgram::info)
                .sorted(Comparator.comparingInt(Info::pid)).toList();
    }

    @Override
    public Subscription start(Spec spec, Output output) {
        Account account = surroundings.accounts().find(spec.user());
        ProgramScript script = new ProgramScript(spec, account);
        surroundings.commands().require(script.directory(), spec.command(), account);
        budget.take(spec);
        String name = Long.toString(names.incrementAndGet());
        try {
            return start(spec, output, account, script, name);
        } catch (IOException e) {
            discard(name, spec);
            throw new GuestException(Code.INTERNAL, "the program could not be started: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            discard(name, spec);
            throw e;
        }
    }

    private Subscription start(Spec spec, Output output, Account account, ProgramScript script, String name)
            throws IOException {
        Optional<Terminal> terminal = spec.terminal().isPresent()
                ? Optional.of(Terminal.open(surroundings.root(), account, surroundings.ownUsers(),
                        spec.terminal().get()))
                : Optional.empty();
        ProgramPipes pipes;
        try {
            pipes = open(spec, account, script, name, terminal);
        } catch (RuntimeException | IOException e) {
            terminal.ifPresent(Terminal::close);
            throw e;
        }
        try {
            return start(spec, output, pipes, name);
        } catch (RuntimeException | IOException e) {
            pipes.close();
            throw e;
        }
    }

    private ProgramPipes open(Spec spec, Account account, ProgramScript script, String name,
            Optional<Terminal> terminal) throws IOException {
        List<String> pipeNames = new ArrayList<>(List.of("status"));
        if (terminal.isEmpty()) {
            pipeNames.addAll(spec.input() ? List.of("out", "err", "in") : List.of("out", "err"));
        }
        surroundings.control().createProgram(name, pipeNames);
        surroundings.control().script(name, script.text(name, terminal.map(Terminal::path),
                surroundings.ownUsers(), ProgramScript.environment(account, surroundings.environment(),
                        spec.environment())));
        return ProgramPipes.open(host.poller(), surroundings.control().path().resolve(name), terminal,
                terminal.isEmpty() && spec.input() ? ProgramInput.Kind.NEW : ProgramInput.Kind.NONE);
    }

    private Subscription start(Spec spec, Output output, ProgramPipes pipes, String name) throws IOException {
        pipes.begin();
        if (closed) {
            throw new GuestException(Code.UNAVAILABLE, "the sandbox is ending");
        }
        agent.run(name);
        int pid = pipes.awaitPid(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        RunningProgram program = new RunningProgram(Long.parseLong(name), new Info(pid, spec), pipes,
                ended -> forget(ended, name));
        Optional<Instant> deadline = spec.timeout().map(timeout -> host.clock().instant().plus(timeout));
        if (pipes.terminal().isEmpty()) {
            try {
                records.put(new Known(name, pid, spec, deadline));
            } catch (IOException e) {
                // whoever asked for it hears that it does not run
                agent.signal(Signal.KILL, pid);
                throw e;
            }
        }
        byPid.put(pid, program);
        if (closed) {
            byPid.remove(pid, program);
            throw new GuestException(Code.UNAVAILABLE, "the sandbox is ending");
        }
        Subscription subscription = program.listen(output);
        pipes.follow(program);
        deadline.ifPresent(at -> killAt(program, at));
        return subscription;
    }

    @Override
    public Subscription connect(Selector selector, Output output) {
        return find(selector, true).listen(output);
    }

    @Override
    public void input(Selector selector, byte[] data, boolean terminal) {
        RunningProgram program = find(selector, false);
        requireTerminal(program, terminal);
        program.pipes().input(data);
    }

    @Override
    public void closeInput(Selector selector) {
        RunningProgram program = find(selector, false);
        requireTerminal(program, false);
        program.pipes().closeInput();
    }

    @Override
    public void signal(Selector selector, Signal signal) {
        send(find(selector, false), signal, false);
    }

    @Override
    public void resize(Selector selector, TerminalSize size) {
        RunningProgram program = find(selector, false);
        requireTerminal(program, true);
        try {
            program.pipes().terminal().orElseThrow().resize(size);
        } catch (IOException e) {
            throw new GuestException(Code.FAILED_PRECONDITION, "the terminal is gone", e);
        }
    }

    /// Lets go of all programs, which are not told that they end.
    @Override
    public void close() {
        closed = true;
        byPid.values().forEach(RunningProgram::letGo);
        byPid.clear();
        agent.close();
    }

    private void send(RunningProgram program, Signal signal, boolean forTime) {
        program.sending(signal, forTime);
        agent.signal(signal, program.info().pid());
    }

    private void killAt(RunningProgram program, Instant deadline) {
        Duration left = Duration.between(host.clock().instant(), deadline);
        program.dueBy(host.delay().after(left, () -> {
            if (!program.ended() && !closed) {
                send(program, Signal.KILL, true);
            }
        }));
    }

    private RunningProgram find(Selector selector, boolean alsoEnded) {
        Optional<RunningProgram> found = switch (selector) {
            case ByPid(int pid) -> Optional.ofNullable(byPid.get(pid));
            case ByTag(String tag) -> byPid.values().stream()
                    .filter(program -> program.info().spec().tag().equals(tag))
                    .max(Comparator.comparingLong(RunningProgram::order));
        };
        return found.filter(program -> alsoEnded || !program.ended()).orElseThrow(() -> new GuestException(
                Code.NOT_FOUND, switch (selector) {
                    case ByPid(int pid) -> "process with pid " + pid + " not found";
                    case ByTag(String tag) -> "process with tag " + tag + " not found";
                }));
    }

    private static void requireTerminal(RunningProgram program, boolean terminal) {
        if (program.pipes().terminal().isPresent() != terminal) {
            throw new GuestException(Code.FAILED_PRECONDITION, terminal
                    ? "the program has no terminal (expected: one that was started with pty)"
                    : "the program has a terminal and no other input (expected: pty input)");
        }
    }

    /// Keeps the end for a while, for those who ask how it was.
    private void forget(RunningProgram program, String name) {
        program.letGo();
        var _ = host.delay().after(REMEMBERED, () -> byPid.remove(program.info().pid(), program));
        discard(name, program.info().spec());
    }

    private void discard(String name, Spec spec) {
        budget.giveBack(spec);
        records.remove(name);
        surroundings.control().removeProgram(name);
    }
}
