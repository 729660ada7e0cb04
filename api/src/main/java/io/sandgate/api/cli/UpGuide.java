package io.sandgate.api.cli;

import java.io.PrintWriter;
import java.util.List;

/// What a user needs once a local cluster is ready: addresses, the key, and lines to paste.
final class UpGuide {

    private final List<LocalReplica> replicas;
    private final String scheme;
    private final String domain;
    private final String key;
    private final String keySource;

    /// @param scheme of the public listeners' URLs
    /// @param domain of the sandboxes
    /// @param key the API key to show
    /// @param keySource where that key is kept
    UpGuide(List<LocalReplica> replicas, String scheme, String domain, String key, String keySource) {
        this.replicas = List.copyOf(replicas);
        this.scheme = scheme + "://";
        this.domain = domain;
        this.key = key;
        this.keySource = keySource;
    }

    void print(PrintWriter out) {
        out.println();
        out.println(replicas.size() == 1 ? "The replica is ready:" : "All " + replicas.size() + " replicas are ready:");
        for (LocalReplica replica : replicas) {
            out.println("  " + replica.id() + "  " + scheme + replica.publicEndpoint() + "   admin http://"
                    + replica.admin() + "   log " + replica.log());
        }
        LocalReplica first = replicas.getFirst();
        LocalReplica second = replicas.get(1 % replicas.size());
        LocalReplica third = replicas.get(2 % replicas.size());
        String header = "-H \"X-API-KEY: $E2B_API_KEY\"";
        out.println();
        out.println("The API key, kept in " + keySource + ":");
        out.println("  export E2B_API_KEY=" + key);
        out.println();
        out.println("Create a sandbox on " + first.id() + ", and open it through " + second.id() + ":");
        out.println("  id=$(curl -s " + scheme + first.publicEndpoint() + "/v2/sandboxes " + header
                + " -H 'Content-Type: application/json' -d '{\"templateID\":\"web\",\"timeout\":3600}'"
                + " | sed 's/.*\"sandboxID\":\"\\([^\"]*\\)\".*/\\1/')");
        out.println("  curl " + scheme + "8000-$id." + domain + ":" + second.publicEndpoint().port() + "/");
        out.println("  echo \"In a browser: " + scheme + "8000-$id." + domain + ":" + second.publicEndpoint().port()
                + "/\"");
        out.println("Pause it, resume it, and kill it, through any replica:");
        String sandbox = scheme + third.publicEndpoint() + "/sandboxes/$id";
        out.println("  curl -X POST " + sandbox + "/pause " + header);
        out.println("  curl -X POST " + sandbox + "/connect " + header
                + " -H 'Content-Type: application/json' -d '{\"timeout\":3600}'");
        out.println("  curl -X DELETE " + sandbox + " " + header);
        out.println();
        out.println("For an E2B SDK and for 'bin/sandgate sandbox list' in another terminal, beside the key:");
        out.println("  export E2B_API_URL=" + scheme + first.publicEndpoint() + " E2B_SANDBOX_URL=" + scheme
                + second.publicEndpoint());
        out.println();
        out.println("Ctrl-C stops " + (replicas.size() == 1 ? "it" : "all of them")
                + "; sandboxes run on until their deadline, and the next 'up' finds them.");
        out.flush();
    }
}
