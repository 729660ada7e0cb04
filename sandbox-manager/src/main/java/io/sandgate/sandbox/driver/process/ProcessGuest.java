package io.sandgate.sandbox.driver.process;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.OpenFlag;
import io.sandgate.sandbox.runtime.Accounts;
import io.sandgate.sandbox.runtime.Programs;
import io.sandgate.sandbox.runtime.SandboxFiles;
import io.sandgate.sandbox.runtime.SandboxRuntime;
import io.sandgate.sandbox.runtime.Usage;
import io.sandgate.sandbox.runtime.file.FileBounds;
import io.sandgate.sandbox.runtime.file.GuestFiles;
import io.sandgate.sandbox.runtime.file.SandboxRoot;
import io.sandgate.sandbox.runtime.file.StillGate;
import io.sandgate.sandbox.runtime.program.ControlFolder;
import io.sandgate.sandbox.runtime.program.GuestPrograms;
import io.sandgate.sandbox.runtime.program.GuestPrograms.Host;
import io.sandgate.sandbox.runtime.program.GuestPrograms.Surroundings;
import io.sandgate.sandbox.runtime.watch.Watchers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// One sandbox whose first process runs, from within.
final class ProcessGuest implements SandboxRuntime, AutoCloseable {

    private final Identity identity;
    private final Place place;
    private final SandboxRoot root;
    private final GuestFiles files;
    private final GuestPrograms programs;
    private final Meters meters;

    /// What callers of its runtime see of it, and must show.
    ///
    /// @param address where its runtime answers
    record Identity(String id, String address, Map<String, String> environment, Optional<String> accessToken) {}

    /// What it is made of on the machine.
    ///
    /// @param root its root directory; closed with the guest
    /// @param records the folder for what is known of its programs
    /// @param ownUsers whether its users are others than the replica's
    record Place(Descriptor root, ControlFolder control, Path records, Accounts accounts, boolean ownUsers) {}

    /// Measures what it uses, for each of those who ask, since each asks what was used since it asked before.
    ///
    /// @param callers those of its runtime
    /// @param owner whoever runs it
    record Meters(UsageMeter callers, UsageMeter owner) {}

    ProcessGuest(Identity identity, Place place, Host host, Watchers watchers, Meters meters) {
        this.identity = identity;
        this.place = place;
        this.meters = meters;
        this.root = new SandboxRoot(place.root());
        this.files = new GuestFiles(root, place.accounts(), FileBounds.DEFAULT, watchers);
        this.programs = GuestPrograms.of(host, new Surroundings(place.control(), place.records(), place.root(),
                place.accounts(), place.ownUsers(), new GuestCommands(files), identity.environment()));
    }

    /// Writes files into the home of its user.
    ///
    /// @param content by path
    void furnish(Map<String, String> content) throws IOException {
        for (Map.Entry<String, String> file : content.entrySet()) {
            try (SandboxFiles.Writing writing = files.write(file.getKey(), "", Map.of())) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(file.getValue());
                while (bytes.hasRemaining()) {
                    writing.channel().write(bytes);
                }
            }
        }
    }

    /// Opens the home of its user.
    Descriptor home() throws IOException {
        return place.root().openInRoot(place.accounts().find("").home(), 0, OpenFlag.RDONLY, OpenFlag.DIRECTORY);
    }

    /// Does something while nobody changes its files from outside of it.
    long whileStill(StillGate.Work<Long> work) throws IOException {
        return files.whileStill(work);
    }

    /// Finds the programs again that an earlier life of the replica started.
    void recover() {
        programs.recover();
    }

    @Override
    public String id() {
        return identity.id();
    }

    @Override
    public String address() {
        return identity.address();
    }

    @Override
    public Optional<String> accessToken() {
        return identity.accessToken();
    }

    @Override
    public Map<String, String> environment() {
        return identity.environment();
    }

    @Override
    public Programs programs() {
        return programs;
    }

    @Override
    public SandboxFiles files() {
        return files;
    }

    @Override
    public Usage usage() {
        return meters.callers().get();
    }

    /// How many programs that callers have started run in it.
    int running() {
        return programs.running();
    }

    /// What it uses, for its owner.
    Usage measured() {
        return meters.owner().get();
    }

    /// Its programs run on after they were frozen.
    void resumed() {
        meters.callers().restart();
        meters.owner().restart();
    }

    @Override
    public void close() {
        programs.close();
        root.close();
    }
}
