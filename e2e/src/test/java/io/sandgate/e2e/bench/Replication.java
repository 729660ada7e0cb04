package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.Metrics;
import io.sandgate.e2e.harness.ReplicaProcess;
import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What the replicas counted of their own work up to one moment, all of them together.
///
/// @param commits synced commits of the records
/// @param commitSeconds how long they took
/// @param waits callers who waited for peers
/// @param waitSeconds how long they waited
/// @param inTime requests to peers that were answered in time
/// @param late requests to peers that were answered late
/// @param failed requests to peers that failed
/// @param lookups lookup misses that were asked of the peers
record Replication(double commits, double commitSeconds, double waits, double waitSeconds, double inTime, double late,
        double failed, double lookups) {

    /// As it is now.
    static Replication of(Collection<ReplicaProcess> replicas) {
        List<Metrics> all = replicas.stream().map(ReplicaProcess::metrics).toList();
        return new Replication(sum(all, m -> m.sum("sandgate_sandbox_store_commit_seconds_count")),
                sum(all, m -> m.sum("sandgate_sandbox_store_commit_seconds_sum")),
                sum(all, m -> m.sum("sandgate_sync_wait_seconds_count")),
                sum(all, m -> m.sum("sandgate_sync_wait_seconds_sum")),
                sum(all, m -> m.sum("sandgate_sync_requests_seconds_count", "outcome=\"ok\"")),
                sum(all, m -> m.sum("sandgate_sync_requests_seconds_count", "outcome=\"late\"")),
                sum(all, m -> m.sum("sandgate_sync_requests_seconds_count", "outcome=\"failed\"")),
                sum(all, m -> m.sum("sandgate_proxy_lookups_total")));
    }

    private static double sum(List<Metrics> all, ToDoubleFunction<Metrics> value) {
        return all.stream().mapToDouble(value).sum();
    }

    /// What came since an earlier moment.
    Replication since(Replication before) {
        return new Replication(commits - before.commits, commitSeconds - before.commitSeconds, waits - before.waits,
                waitSeconds - before.waitSeconds, inTime - before.inTime, late - before.late, failed - before.failed,
                lookups - before.lookups);
    }

    double meanCommitMillis() {
        return commits == 0 ? 0 : 1e3 * commitSeconds / commits;
    }

    double meanWaitMillis() {
        return waits == 0 ? 0 : 1e3 * waitSeconds / waits;
    }
}
