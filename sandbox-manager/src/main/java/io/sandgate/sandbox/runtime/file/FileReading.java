package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Reading;
import java.io.IOException;

/// A regular file of a sandbox that is being read.
record FileReading(Entry entry, ReadingChannel channel) implements Reading {

    /// Opens what a path leads to.
    ///
    /// Implementation note: it is found first and opened when it is known to be a regular file, through the descriptor that
    /// found it; a pipe or device is never opened.
    static FileReading open(SandboxRoot root, Entries entries, GuestPath path) throws IOException {
        try (var file = root.find(path)) {
            if (!file.status().isRegular()) {
                throw Failures.notA("regular file", path);
            }
            KernelFileSystem.refuse(file, path);
            Entry entry = entries.of(path, file);
            return new FileReading(entry, new ReadingChannel(
                    Descriptor.open(file.path(), 0, OpenFlag.RDONLY, OpenFlag.NONBLOCK)));
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
