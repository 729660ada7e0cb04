package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.nio.file.Path;

/// Something that could not be written since the machine has no room for it.
public final class NoSpaceException extends IOException {

    private static final long serialVersionUID = 1L;

    private NoSpaceException(String message, IOException cause) {
        super(message, cause);
    }

    /// Tells whether it was for want of room that something could not be written. What programs say of it depends on
    /// their language, so the room is looked at.
    ///
    /// @param failure how it failed
    /// @param folder where it was to lie; what was written of it is deleted
    /// @param needed its bytes
    /// @return the failure itself where there is room enough
    public static IOException of(IOException failure, Path folder, long needed) {
        long room = folder.toFile().getUsableSpace();
        return failure instanceof NoSpaceException || room >= needed
                ? failure
                : new NoSpaceException("there is no space for " + needed + " bytes at " + folder + ", only for " + room
                        + " (sandgate.data.dir): " + failure.getMessage(), failure);
    }
}
