package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.SandboxFiles.Entry;
import io.sandgate.sandbox.runtime.SandboxFiles.Writing;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/// A regular file of a sandbox that is being written.
final class FileWriting implements Writing {

    private final GuestPath path;
    private final Descriptor file;
    private final DescriptorChannel channel;
    private final Entries entries;

    /// @param file closed with this
    /// @param gate passed by each write
    FileWriting(GuestPath path, Descriptor file, Entries entries, StillGate gate) {
        this.path = path;
        this.file = file;
        this.channel = new DescriptorChannel(file, gate);
        this.entries = entries;
    }

    @Override
    public WritableByteChannel channel() {
        return channel;
    }

    @Override
    public GuestException failure(IOException cause) {
        return Failures.explain(cause, path);
    }

    @Override
    public Entry entry() {
        try {
            return entries.of(path, file);
        } catch (IOException e) {
            throw Failures.explain(e, path);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
