package io.sandgate.sandbox.runtime.watch;

import io.sandgate.sandbox.linux.Directory;
import java.io.IOException;

/// Opens the directories of one watched tree.
public interface DirectoryOpener {

    /// Opens one.
    ///
    /// @param relative its path below the top of the tree; empty for the top
    Directory open(String relative) throws IOException;
}
