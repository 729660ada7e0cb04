package io.sandgate.api.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say where the admin listener is, and what it asks for.
final class AdminAddress {

    private static final String DEFAULT_URL = "http://127.0.0.1:9090";

    private final CliContext context;

    @Option(names = "--admin-url", paramLabel = "URL", description = {"Admin listener of a replica.",
            "Default: SANDGATE_ADMIN_URL, else " + DEFAULT_URL})
    private @Nullable String url;

    @Option(names = "--admin-token", paramLabel = "TOKEN", description = {"Needed when the replica has an admin token.",
            "Default: SANDGATE_ADMIN_TOKEN"})
    private @Nullable String token;

    AdminAddress(CliContext context) {
        this.context = context;
    }

    HttpCaller connect() {
        String address = Optional.ofNullable(url).or(() -> context.variable("SANDGATE_ADMIN_URL")).orElse(DEFAULT_URL);
        Optional<HttpCaller.Credential> credential = Optional.ofNullable(token)
                .map(text -> bearer(text, "--admin-token"))
                .or(() -> context.variable("SANDGATE_ADMIN_TOKEN").map(text -> bearer(text, "SANDGATE_ADMIN_TOKEN")));
        return new HttpCaller(Addresses.http(address, "--admin-url"),
                "give its admin listener with --admin-url or SANDGATE_ADMIN_URL", credential);
    }

    static HttpCaller.Credential bearer(String token, String source) {
        return new HttpCaller.Credential("Authorization", "Bearer " + token, source);
    }
}
