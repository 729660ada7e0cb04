package io.sandgate.sandbox.tenant;

import io.sandgate.sandbox.tenant.Quota.Excess;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is taken of the quotas that this replica decides about. Safe for any thread.
///
/// Implementation note. While one replica decides about a key, a claim comes to be by its grant only. So what is written here
/// is never less than what there is, however late the reports of the others are: a grant may be given at once, and before a
/// refusal the others are asked for reports, which take out what is over. A replica that has become the one that decides, or
/// was paused while another one decided and does not know it, knows too little. So what it knows counts for a second, and for
/// the members that it was gathered from; then all report before it grants anything. A report takes a claim out only when
/// the replica that it was granted to had numbered it before, and neither holds it nor waits for its answer any more: so a
/// report that crosses a grant takes nothing out.
public final class QuotaLedger {

    private final Map<String, Account> accounts = new HashMap<>();

    private record Entry(String replica, Usage usage) {}

    private static final class Account {
        private final Map<String, Entry> entries = new HashMap<>();
        private Set<String> reported = Set.of();
        private long asked;

        Usage used() {
            return entries.values().stream().map(Entry::usage).reduce(Usage.NONE, Usage::plus);
        }
    }

    /// Whether all of these members, and no others, were asked not long before and have reported.
    ///
    /// @param now nanoseconds, by a clock that only goes forward
    /// @param most how long ago that may be
    public synchronized boolean isComplete(String key, Set<String> members, long now, Duration most) {
        Account account = account(key);
        return account.reported.equals(members) && now - account.asked < most.toNanos();
    }

    /// All of these members have reported.
    ///
    /// @param asked when the first of them was asked
    /// @param known all members; what others held is dropped
    public synchronized void completed(String key, Set<String> members, long asked, Collection<String> known) {
        Account account = account(key);
        account.reported = Set.copyOf(members);
        account.asked = asked;
        account.entries.values().removeIf(entry -> !known.contains(entry.replica()));
    }

    /// Grants a claim, or says what stands in its way. A claim that was granted before is granted again.
    public synchronized Optional<Excess> reserve(String replica, Claim claim, Quota quota) {
        Account account = account(claim.key());
        if (account.entries.containsKey(claim.id())) {
            return Optional.empty();
        }
        Optional<Excess> excess = quota.excess(account.used(), claim.usage());
        if (excess.isEmpty()) {
            account.entries.put(claim.id(), new Entry(replica, claim.usage()));
        }
        return excess;
    }

    /// Takes in what a replica says of itself.
    public synchronized void report(String key, String replica, ClaimReport report) {
        Account account = account(key);
        account.entries.entrySet()
                .removeIf(entry -> entry.getValue().replica().equals(replica) && report.isOver(entry.getKey()));
        report.open().forEach(claim -> account.entries.put(claim.id(), new Entry(replica, claim.usage())));
    }

    private Account account(String key) {
        return accounts.computeIfAbsent(key, ignored -> new Account());
    }
}
