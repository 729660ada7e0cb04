package io.sandgate.api.cli;

import io.sandgate.api.settings.Settings;
import io.sandgate.membership.Endpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One of several replicas on this machine, as planned: the settings of one alone, moved on by its number.
///
/// @param id `replica-1` and so on
/// @param directory its data directory
/// @param publicEndpoint of its public listener
/// @param peer of its peer listener
/// @param admin of its admin listener
/// @param cluster of its cluster listener
record LocalReplica(String id, Path directory, Endpoint publicEndpoint, Endpoint peer, Endpoint admin,
        Endpoint cluster) {

    private static final String LOG_FILE = "serve.log";

    /// The plan for so many replicas.
    ///
    /// @param offset added to every port
    static List<LocalReplica> plan(Settings settings, int count, int offset, Path data) {
        List<LocalReplica> replicas = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = "replica-" + (i + 1);
            int step = i + offset;
            replicas.add(new LocalReplica(id, data.resolve(id),
                    at(settings.publicListener().host(), settings.publicListener().port(), step, "public"),
                    at(settings.peer().host(), settings.peer().port(), step, "peer"),
                    at(settings.admin().host(), settings.admin().port(), step, "admin"),
                    at(settings.cluster().host(), settings.cluster().port(), step, "cluster")));
        }
        return replicas;
    }

    private static Endpoint at(String host, int port, int step, String area) {
        if (port == 0 || port + step > 65_535) {
            throw new CliException(ExitCode.USAGE, "sandgate." + area + ".port: " + port
                    + " (expected: 1-65535 for every replica, each one above the one before)");
        }
        return new Endpoint(host, port + step);
    }

    Path log() {
        return directory.resolve(LOG_FILE);
    }

    /// What `serve` needs to be this replica among the others.
    List<String> arguments(List<LocalReplica> all) {
        String members = String.join(",", all.stream().map(replica -> replica.cluster.toString()).toList());
        return List.of("--set=replica.id=" + id, "--set=data.dir=" + directory,
                "--set=public.port=" + publicEndpoint.port(), "--set=peer.port=" + peer.port(),
                "--set=admin.port=" + admin.port(), "--set=cluster.port=" + cluster.port(),
                "--set=cluster.members=" + members);
    }

    /// The ports that it needs.
    List<PortCheck.Need> needs() {
        return List.of(need(publicEndpoint, "public"), need(peer, "peer"), need(admin, "admin"),
                need(cluster, "cluster"));
    }

    private PortCheck.Need need(Endpoint endpoint, String area) {
        return new PortCheck.Need(endpoint.host(), endpoint.port(), area + " listener of " + id,
                "sandgate." + area + ".port");
    }
}
