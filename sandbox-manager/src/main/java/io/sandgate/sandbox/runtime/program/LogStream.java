package io.sandgate.sandbox.runtime.program;

/// What is kept of the output of a template's command: a file of the machine that the sandbox cannot see, open in its
/// agent from the start.
public enum LogStream {
    STDOUT("stdout", 5), STDERR("stderr", 6);

    private final String file;
    private final int descriptor;

    LogStream(String file, int descriptor) {
        this.file = file;
        this.descriptor = descriptor;
    }

    /// Its name in the folder of the log.
    public String file() {
        return file;
    }

    /// Its number in the agent.
    public int descriptor() {
        return descriptor;
    }
}
