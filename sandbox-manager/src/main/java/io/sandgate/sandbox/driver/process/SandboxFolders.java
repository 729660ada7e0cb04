package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.SandboxException;
import io.sandgate.sandbox.SandboxException.Reason;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The folder `sandboxes` of a data directory, which holds one directory for each sandbox.
///
/// @param path its real path, without links
record SandboxFolders(Path path) {

    static SandboxFolders in(Path data) {
        Path path = data.resolve("sandboxes");
        try {
            return new SandboxFolders(Files.createDirectories(path).toRealPath());
        } catch (IOException e) {
            throw new SandboxException(Reason.INTERNAL, "sandgate.data.dir: the folder " + path
                    + " could not be made: " + e + " (expected: a directory that the replica may write to)", e);
        }
    }

    SandboxFolder of(String id) {
        return new SandboxFolder(path.resolve(id));
    }

    /// The names of all entries.
    List<String> ids() {
        List<String> ids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            entries.forEach(entry -> ids.add(path.relativize(entry).toString()));
        } catch (IOException e) {
            throw new SandboxException(Reason.INTERNAL, "sandgate.data.dir: the folder " + path
                    + " could not be read: " + e + " (expected: a directory that the replica may read)", e);
        }
        return ids;
    }
}
