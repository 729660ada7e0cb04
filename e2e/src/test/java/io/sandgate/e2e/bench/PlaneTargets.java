package io.sandgate.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// The sandboxes of the benchmark of the data plane: routes as [RouteFeeder] names them, all with the same port.
///
/// They share a few addresses: nginx looks its upstreams through one by one for each request, so it is at its best when
/// they are few. Sandgate keeps the connections of each sandbox apart regardless.
///
/// @param count how many there are
/// @param port where each of them listens at its own address
record PlaneTargets(int count, int port) {

    /// The domain of replicas that were given none.
    private static final String DOMAIN = "localhost";

    static final List<String> ADDRESSES = List.of("127.64.0.1", "127.64.0.2", "127.64.0.3", "127.64.0.4");

    String host(int number) {
        return port + "-" + RouteFeeder.name(number) + "." + DOMAIN;
    }

    String address(int number) {
        return ADDRESSES.get(number % ADDRESSES.size());
    }

    /// So many of them, as far from each other as can be.
    List<Integer> spread(int some) {
        return IntStream.range(0, some).mapToObj(i -> (int) ((long) i * count / some)).toList();
    }

    /// Writes Hosts and the addresses at which they are to be reached, one sandbox a line.
    Path write(Path file, List<Integer> numbers, IntFunction<String> addresses) throws IOException {
        return Files.write(file, numbers.stream().map(number -> host(number) + " " + addresses.apply(number)).toList());
    }
}
