package io.sandgate.sandbox.isolation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Where sandboxes keep their files: a home, a `/root` and a `/tmp` each. A disk lies in a folder, that of a sandbox or of
/// a copy.
///
/// Implementation note. The users of a disk are numbered from zero when it is made, and from the first number of the
/// sandbox that used it last from then on, see [DiskOwners].
public sealed interface Disks permits DiskFolders, DiskImages {

    /// The folder of a disk, within that of its sandbox.
    String NAME = "disk";

    /// Makes a fresh disk.
    ///
    /// @param folder where; it is there
    /// @param sizeMb how much it holds, where that can be bounded
    /// @throws NoSpaceException when the machine has no room for it
    void create(Path folder, int sizeMb) throws IOException;

    /// Copies a disk that nobody writes to.
    ///
    /// @param from the folder that has it
    /// @param to where it goes; it is there
    /// @throws NoSpaceException when the machine has no room for it
    void copy(Path from, Path to) throws IOException;

    /// Whether a folder has a disk of this kind.
    boolean holds(Path folder);

    /// What a disk takes of the machine's.
    long bytes(Path folder) throws IOException;

    /// The program and its arguments that make a disk's files visible in a mount namespace; none where they are already.
    ///
    /// @param folder where the namespace sees the folder
    List<String> mounting(Path folder);

    /// Whether a sandbox can fill no more than its own.
    boolean bounded();
}
