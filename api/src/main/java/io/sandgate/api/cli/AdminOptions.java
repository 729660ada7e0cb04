package io.sandgate.api.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of a command that calls the admin listener.
final class AdminOptions {

    @Mixin
    private final AdminAddress address;

    @Option(names = "--json", description = "Print JSON for programs.")
    private boolean json;

    AdminOptions(CliContext context) {
        this.address = new AdminAddress(context);
    }

    boolean json() {
        return json;
    }

    HttpCaller connect() {
        return address.connect();
    }
}
