package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.driver.DriverException.Reason;
import io.sandgate.sandbox.isolation.NoSpaceException;
import java.io.IOException;
import java.nio.file.Path;

/// The room that the data directory has.
final class Room {

    /// What the folders and small files of a sandbox take together.
    private static final long LEAST = 256 << 10;

    private Room() {}

    /// Why something could not be written: for want of room, or for another reason.
    ///
    /// @param folder of the data directory
    static Reason reason(IOException failure, Path folder, Reason other) {
        return NoSpaceException.of(failure, folder, LEAST) instanceof NoSpaceException ? Reason.EXHAUSTED : other;
    }
}
