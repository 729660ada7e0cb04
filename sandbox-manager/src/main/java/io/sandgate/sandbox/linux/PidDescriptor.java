package io.sandgate.sandbox.linux;

import java.io.IOException;

/// A process of this machine (a pidfd): what is sent reaches that very process, even when its number is used again.
public final class PidDescriptor implements AutoCloseable {

    private final Descriptor descriptor;

    private PidDescriptor(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /// Finds a process by its number.
    ///
    /// @throws SystemCallException ESRCH when there is none
    public static PidDescriptor open(long pid) throws SystemCallException {
        return new PidDescriptor(new Descriptor(SystemCall.PIDFD_OPEN.invoke(pid, 0)));
    }

    /// Sends a signal; 0 only asks whether it is there.
    ///
    /// @throws SystemCallException ESRCH when it ended and was waited for
    public void signal(int signal) throws IOException {
        descriptor.invoke(SystemCall.PIDFD_SEND_SIGNAL, signal, 0, 0);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
