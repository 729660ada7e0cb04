package io.sandgate.api.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of a command that calls the lifecycle API: which replica, as whom, and in which form to print.
final class ClientOptions {

    @Mixin
    private final ClientAddress address;

    @Option(names = "--json", description = "Print JSON for programs.")
    private boolean json;

    ClientOptions(CliContext context) {
        this.address = new ClientAddress(context);
    }

    boolean json() {
        return json;
    }

    SandboxApi connect() {
        return new SandboxApi(address.connect());
    }

    KeyApi connectForKeys() {
        return new KeyApi(address.connect());
    }

    SnapshotApi connectForSnapshots() {
        return new SnapshotApi(address.connect());
    }
}
