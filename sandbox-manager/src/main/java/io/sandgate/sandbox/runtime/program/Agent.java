package io.sandgate.sandbox.runtime.program;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.NamedPipe;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import io.sandgate.sandbox.runtime.Programs.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The first process of a sandbox, as the replica speaks to it: a line for each request, through a named pipe.
///
/// Thread-safe, since a line is shorter than what a pipe takes at once or not at all.
public final class Agent implements AutoCloseable {

    /// The names of its script and of its pipe, in its folder.
    public static final String SCRIPT = "agent.sh";
    private static final String CALLS = "calls";

    private final Descriptor calls;

    private Agent(Descriptor calls) {
        this.calls = calls;
    }

    /// Puts what an agent needs into its folder, before it is started.
    static void prepare(Path folder) throws IOException {
        try (InputStream script = Agent.class.getResourceAsStream(SCRIPT)) {
            if (script == null) {
                throw new IOException("the resource " + SCRIPT + " is missing");
            }
            Files.copy(script, folder.resolve(SCRIPT));
        }
        NamedPipe.create(folder.resolve(CALLS).toString(), ControlFolder.PIPE_MODE);
    }

    /// Speaks to the agent of a folder, which may not have started yet.
    static Agent in(Path folder) throws IOException {
        return new Agent(Descriptor.open(folder.resolve(CALLS).toString(), 0, OpenFlag.RDWR, OpenFlag.NONBLOCK));
    }

    void run(String folder) {
        say("run " + folder);
    }

    void signal(Signal signal, int pid) {
        say("kill " + signal.name() + " " + pid);
    }

    private void say(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            calls.write(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw new GuestException(Code.UNAVAILABLE, "the sandbox takes no requests: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
