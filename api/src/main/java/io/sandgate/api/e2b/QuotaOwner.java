package io.sandgate.api.e2b;

import io.sandgate.membership.Member;
import io.sandgate.membership.Ownership;
import io.sandgate.sandbox.Sandbox;
import io.sandgate.sandbox.SandboxManager;
import io.sandgate.sandbox.tenant.Claim;
import io.sandgate.sandbox.tenant.ClaimBook;
import io.sandgate.sandbox.tenant.ClaimReport;
import io.sandgate.sandbox.tenant.KeyRecord;
import io.sandgate.sandbox.tenant.KeyRing;
import io.sandgate.sandbox.tenant.Quota;
import io.sandgate.sandbox.tenant.Quota.Excess;
import io.sandgate.sandbox.tenant.QuotaLedger;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Decides about claims of the keys that are this replica's to decide about. Which one that is follows from the routable
/// members alone, so that all agree without a message while they see the same ones.
final class QuotaOwner {

    /// Where a replica is asked for a claim, and says what it holds.
    static final String PATH = "/quotas/claims";

    private static final Duration REPORT = Duration.ofSeconds(1);
    /// How long what the members have said counts: shorter than it takes them to hold this replica for not routable.
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration JUST_NOW = Duration.ofSeconds(3);

    private final OtherReplicas others;
    private final KeyRing ring;
    private final LongSupplier nanos;
    private final ClaimBook book;
    private final SandboxManager sandboxes;
    private final Workers workers;
    private final QuotaLedger ledger = new QuotaLedger();
    private final SharedRounds rounds = new SharedRounds(this::gather);

    QuotaOwner(OtherReplicas others, TenantServices tenants, ClaimBook book, SandboxManager sandboxes,
            Workers workers) {
        this.others = others;
        this.ring = tenants.keys();
        this.nanos = tenants.nanos();
        this.book = book;
        this.sandboxes = sandboxes;
        this.workers = workers;
    }

    /// The id of the replica that decides about a key.
    String ownerOf(String key) {
        return Ownership.owners(key.hashCode(), deciding(), 1).getFirst();
    }

    /// Decides, and says what stands in the way if something does. Fails with 409 where another replica decides, and with 503
    /// where a member does not say what it holds.
    ///
    /// @param replica the one that asks
    /// @param known the quota that it knows, for a key that is not known here yet
    Future<Optional<Excess>> decide(String replica, Claim claim, Quota known) {
        String owner = ownerOf(claim.key());
        if (!owner.equals(others.self())) {
            return Future.failedFuture(ApiException.of(409, "Replica " + owner + " decides about this quota"));
        }
        Quota quota = ring.get(claim.key()).map(KeyRecord::quota).orElse(known);
        if (isComplete(claim.key(), FRESH) && ledger.reserve(replica, claim, quota).isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return rounds.join(claim.key()).map(gathered -> {
            if (!isComplete(claim.key(), JUST_NOW)) {
                throw ApiException.of(503, "Not all replicas say what this API key uses; try again soon");
            }
            return ledger.reserve(replica, claim, quota);
        });
    }

    private boolean isComplete(String key, Duration most) {
        return ledger.isComplete(key, deciding(), nanos.getAsLong(), most);
    }

    /// What this replica holds.
    Future<ClaimReport> report(String key) {
        return workers.run(() -> book.report(key, this::held));
    }

    private Stream<Claim> held() {
        return sandboxes.list().stream().map(Sandbox::claim);
    }

    private Set<String> deciding() {
        return Stream.concat(Stream.of(others.self()), others.routable().stream().map(Member::id))
                .collect(Collectors.toUnmodifiableSet());
    }

    private Future<Void> gather(String key) {
        long asked = nanos.getAsLong();
        Set<String> members = deciding();
        List<Future<Void>> reports = Stream
                .concat(Stream.of(report(key).compose(mine -> take(key, others.self(), mine))),
                        others.routable().stream().filter(member -> members.contains(member.id()))
                                .map(member -> ask(key, member)))
                .toList();
        return Future.all(reports).compose(all -> {
            if (members.size() == reports.size()) {
                List<String> known = others.membership().members().stream().map(Member::id).toList();
                ledger.completed(key, members, asked, known);
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> ask(String key, Member member) {
        String query = "key=" + URLEncoder.encode(key, StandardCharsets.UTF_8);
        return others.ask(member, HttpMethod.GET, PATH, query, Buffer.buffer(), "quota", REPORT)
                .compose(answer -> take(key, member.id(), QuotaJson.report(answer.success())));
    }

    private Future<Void> take(String key, String replica, ClaimReport report) {
        ledger.report(key, replica, report);
        return Future.succeededFuture();
    }
}
