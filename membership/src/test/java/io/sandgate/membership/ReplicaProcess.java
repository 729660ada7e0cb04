package io.sandgate.membership;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A replica in a process of its own, which can be killed. Arguments: id, own cluster address, all cluster addresses.
final class ReplicaProcess {
    private ReplicaProcess() {}

    static Process start(String id, Endpoint bind, List<Endpoint> members) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-Djava.net.preferIPv4Stack=true", "-cp", System.getProperty("java.class.path"),
                ReplicaProcess.class.getName(), id, bind.toString()));
        members.forEach(member -> command.add(member.toString()));
        return new ProcessBuilder(command).inheritIO().redirectInput(ProcessBuilder.Redirect.PIPE).start();
    }

    public static void main(String[] args) throws IOException {
        List<Endpoint> members = Arrays.stream(args).skip(2).map(Endpoint::parse).toList();
        try (Membership membership = JGroupsMembership.join(Cluster.settings(Endpoint.parse(args[1]), members),
                Optional.empty(), Members.member(args[0], 1), Cluster.ANSWERS, () -> RouteSummary.NONE,
                new SimpleMeterRegistry())) {
            membership.onReturned(() -> membership.renew(membership.self().incarnation() + 1_000));
            // Lives until it is killed, or the process that started it is gone.
            System.in.readAllBytes();
            membership.announce(MemberState.DRAINING);
        }
    }
}
