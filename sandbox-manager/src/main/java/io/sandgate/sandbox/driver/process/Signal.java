package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.linux.PidDescriptor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The signals that sandboxes get.
enum Signal {
    KILL(9), CONT(18), STOP(19);

    private static final Logger log = LoggerFactory.getLogger(Signal.class);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /// Sends this signal to one process, and to no other that has got its number; one that is gone already is no error.
    ///
    /// Implementation note: the handle is of the process when that has its number and its start afterwards.
    void send(ProcFs proc, ProcessInfo.Key to) {
        if (to.pid() <= 1) {
            throw new IllegalArgumentException("pid: " + to.pid() + " (expected: above 1)");
        }
        try (PidDescriptor process = PidDescriptor.open(to.pid())) {
            if (proc.process(to.pid()).filter(now -> now.start() == to.start()).isPresent()) {
                process.signal(number);
            }
        } catch (IOException e) {
            // whoever needs it to arrive looks again
            log.debug("signal.not-sent signal={} pid={} reason={}", this, to.pid(), e.toString());
        }
    }
}
