package io.sandgate.api.cli;

import io.sandgate.api.settings.ApiKey;
import io.sandgate.api.settings.ApiKeyFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say where the public listener of a replica is, and as whom to call it.
final class ClientAddress {

    private static final String DEFAULT_URL = "http://127.0.0.1:8080";
    private static final String KEY_HEADER = "X-API-KEY";

    private final CliContext context;

    @Option(names = "--url", paramLabel = "URL", description = {"Public listener of any replica.",
            "Default: E2B_API_URL, else " + DEFAULT_URL})
    private @Nullable String url;

    @Option(names = "--api-key", paramLabel = "KEY", description = {"As whom to call.",
            "Default: E2B_API_KEY, else the key that a local 'up' or 'serve' keeps in --data"})
    private @Nullable String apiKey;

    @Option(names = "--data", paramLabel = "DIR", description = "Where local replicas keep their data. Default: data")
    private @Nullable Path data;

    ClientAddress(CliContext context) {
        this.context = context;
    }

    /// Whether one of the options says so, rather than the environment.
    boolean isGiven() {
        return url != null || apiKey != null;
    }

    HttpCaller connect() {
        String address = Optional.ofNullable(url).or(() -> context.variable("E2B_API_URL")).orElse(DEFAULT_URL);
        return new HttpCaller(Addresses.http(address, "--url"), "give its address with --url or E2B_API_URL",
                Optional.of(credential()));
    }

    private HttpCaller.Credential credential() {
        if (apiKey != null) {
            return key(apiKey, "--api-key");
        }
        return context.variable("E2B_API_KEY").map(text -> key(text, "E2B_API_KEY")).or(this::kept)
                .orElseThrow(() -> new CliException(ExitCode.USAGE,
                        "no API key (give --api-key, set E2B_API_KEY, or call from the directory where 'sandgate up'"
                                + " runs; looked in " + directory() + ")"));
    }

    private static HttpCaller.Credential key(String text, String source) {
        return new HttpCaller.Credential(KEY_HEADER, text, source);
    }

    private Path directory() {
        return context.directory().resolve(data == null ? Path.of("data") : data).toAbsolutePath().normalize();
    }

    /// The key of a local `up`, or else of the only local replica.
    private Optional<HttpCaller.Credential> kept() {
        ApiKeyFile shared = ApiKeyFile.in(directory());
        return shared.read().map(key -> kept(key, shared)).or(() -> {
            List<ApiKeyFile> files = new ArrayList<>();
            try (DirectoryStream<Path> replicas = Files.newDirectoryStream(directory(), Files::isDirectory)) {
                replicas.forEach(replica -> files.add(ApiKeyFile.in(replica)));
            } catch (IOException e) {
                return Optional.empty();
            }
            files.removeIf(file -> Files.notExists(file.path()));
            return files.size() == 1
                    ? files.getFirst().read().map(key -> kept(key, files.getFirst()))
                    : Optional.empty();
        });
    }

    private static HttpCaller.Credential kept(ApiKey key, ApiKeyFile file) {
        return key(key.key().value(), file.path().toString());
    }
}
