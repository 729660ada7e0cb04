package io.sandgate.membership;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// How a replica finds the cluster listeners of the others.
public sealed interface Discovery {

    /// From a list that all replicas have.
    ///
    /// @param members cluster listeners of all replicas that may run, at most 1,000. A partial list can keep halves of a
    ///        cluster from merging
    record Listed(List<Endpoint> members) implements Discovery {
        private static final int MOST_MEMBERS = 1_000;

        public Listed {
            if (members.size() > MOST_MEMBERS) {
                throw new IllegalArgumentException("sandgate.cluster.members: " + members.size()
                        + " entries (expected: at most " + MOST_MEMBERS + ")");
            }
            members = members.stream().distinct().toList();
        }

        Listed including(Endpoint own) {
            return new Listed(Stream.concat(Stream.of(own), members.stream()).distinct().toList());
        }

        @Override
        public String toString() {
            return String.join(", ", members.stream().map(Endpoint::toString).toList());
        }
    }

    /// From a name in DNS, asked again whenever members are looked for.
    ///
    /// @param query the name: for [Kind#A] of hosts, which all listen on the port of this replica's own cluster listener,
    ///        and for [Kind#SRV] of a service
    /// @param kind what is asked for
    /// @param server the only DNS server that is asked; none for the ones of the machine
    record Dns(String query, Kind kind, Optional<Endpoint> server) implements Discovery {

        /// Kinds of records.
        public enum Kind {
            /// Addresses.
            A,
            /// Hosts and ports.
            SRV
        }

        @Override
        public String toString() {
            return "DNS " + kind.name().toUpperCase(Locale.ROOT) + " " + query
                    + server.map(address -> " at " + address).orElse("");
        }
    }
}
