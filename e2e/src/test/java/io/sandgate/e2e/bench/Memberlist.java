package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.Directories;
import io.sandgate.e2e.harness.FreePorts;
import io.sandgate.e2e.harness.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/// A cluster of Debian's memberlist library with the constants of OpenKruise Agents, to be hurt beside ours. Confined to one
/// thread.
final class Memberlist implements AutoCloseable {

    private static final Path LIBRARY = Path.of("/usr/share/gocode");
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(5);

    private final Path directory;
    private final List<Member> members = new ArrayList<>();

    /// One member, and the names of the others that it knows to be there.
    private static final class Member {
        private final Path binary;
        private final String name;
        private final int port = FreePorts.take();
        private final Set<String> present = ConcurrentHashMap.newKeySet();
        private Process process;

        Member(Path binary, String name, List<Member> others) {
            this.binary = binary;
            this.name = name;
            this.process = started(others);
        }

        void restart(List<Member> others) {
            process = started(others);
        }

        private Process started(List<Member> others) {
            List<String> command = new ArrayList<>(List.of(binary.toString(), name, Integer.toString(port)));
            others.forEach(other -> command.add("127.0.0.1:" + other.port));
            try {
                present.clear();
                Process begun = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
                Thread.ofPlatform().daemon().start(() -> follow(begun));
                return begun;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void follow(Process begun) {
            try (BufferedReader lines = begun.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String other = line.substring(line.indexOf(' ') + 1);
                    if (line.startsWith("joined ")) {
                        present.add(other);
                    } else {
                        present.remove(other);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Memberlist(Path directory, Path binary, int size) {
        this.directory = directory;
        IntStream.range(0, size)
                .forEach(i -> members.add(new Member(binary, "member-" + i, List.copyOf(members))));
        awaitTogether();
    }

    /// A cluster whose members all know each other; empty where the library or Go is not installed.
    static Optional<Memberlist> open(int size) throws IOException, InterruptedException {
        if (!Files.isDirectory(LIBRARY.resolve("src/github.com/hashicorp/memberlist"))) {
            return Optional.empty();
        }
        Path directory = Directories.temporary("memberlist");
        try {
            Path binary = NativePrograms.built("memberlist", directory, LIBRARY);
            return Optional.of(new Memberlist(directory, binary, size));
        } catch (IOException e) {
            Progress.say("memberlist is left out: " + e.getMessage());
            Directories.remove(directory);
            return Optional.empty();
        }
    }

    /// Kills a member, and starts it again when the others know.
    ///
    /// @return the nanoseconds until then
    long kill(int victim) {
        Member killed = members.get(victim);
        long start = System.nanoTime();
        killed.process.destroyForcibly();
        long took = untilGone(killed, start);
        killed.restart(others(killed));
        awaitTogether();
        return took;
    }

    /// Stops a member where it is, and lets it go on when the others know.
    ///
    /// @return the nanoseconds until then
    long stop(int victim) {
        Member stopped = members.get(victim);
        long start = System.nanoTime();
        Signals.send("STOP", stopped.process.pid());
        long took = untilGone(stopped, start);
        Signals.send("CONT", stopped.process.pid());
        awaitTogether();
        return took;
    }

    private long untilGone(Member member, long start) {
        Awaitility.await().atMost(KNOWN_WITHIN).pollDelay(Duration.ZERO).pollInterval(LOOK)
                .until(() -> others(member).stream().noneMatch(other -> other.present.contains(member.name)));
        return System.nanoTime() - start;
    }

    private List<Member> others(Member than) {
        return members.stream().filter(member -> member != than).toList();
    }

    private void awaitTogether() {
        Awaitility.await().atMost(KNOWN_WITHIN).pollDelay(Duration.ZERO).pollInterval(LOOK)
                .until(() -> members.stream().allMatch(member -> member.present.size() == members.size()));
    }

    @Override
    public void close() {
        members.forEach(member -> member.process.destroyForcibly());
        Directories.remove(directory);
    }
}
