package io.sandgate.api.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds out before anything starts whether every port that is needed is free.
final class PortCheck {

    /// A port that a listener needs.
    ///
    /// @param host that it binds
    /// @param port 0 for any free one
    /// @param use for people, such as `public listener of replica-1`
    /// @param setting that changes it
    record Need(String host, int port, String use, String setting) {
        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port + " (" + use + ", " + setting + ")";
        }
    }

    private PortCheck() {}

    /// @throws CliException that lists every port that is taken, or needed twice
    static void require(List<Need> needs, String howToChange) {
        Map<String, Need> seen = new HashMap<>();
        List<String> twice = new ArrayList<>();
        for (Need need : needs) {
            Need other = need.port() == 0 ? null : seen.putIfAbsent(need.host() + " " + need.port(), need);
            if (other != null) {
                twice.add(other + " and " + need.use());
            }
        }
        if (!twice.isEmpty()) {
            throw new CliException(ExitCode.USAGE,
                    "ports needed twice: " + String.join(", ", twice) + ". To use others: " + howToChange);
        }
        List<String> taken = needs.stream().filter(need -> need.port() != 0 && !free(need)).map(Need::toString)
                .toList();
        if (!taken.isEmpty()) {
            throw new CliException(ExitCode.FAILED, "cannot listen at " + String.join(", ", taken)
                    + ". Stop what uses that, or use other ports: " + howToChange);
        }
    }

    private static boolean free(Need need) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(need.host(), need.port()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
