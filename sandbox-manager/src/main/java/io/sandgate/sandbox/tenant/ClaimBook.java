package io.sandgate.sandbox.tenant;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The claims of this replica that have no sandbox yet. Safe for any thread.
///
/// It holds as many as there are creates under way, which their caller bounds.
public final class ClaimBook {

    private final String life;
    private final Map<String, Claim> asking = new HashMap<>();
    private final Map<String, Claim> granted = new HashMap<>();
    private long last;

    /// @param life another one for each life of each replica
    public ClaimBook(String life) {
        this.life = life;
    }

    /// A new claim, to be asked for.
    public synchronized Claim begin(String key, int memoryMb, int cpu) {
        last++;
        Claim claim = new Claim(key, life + "-" + last, memoryMb, cpu);
        asking.put(claim.id(), claim);
        return claim;
    }

    /// The claim holds from now on.
    public synchronized void granted(Claim claim) {
        asking.remove(claim.id());
        granted.put(claim.id(), claim);
    }

    /// The claim was refused, or its sandbox is there and holds it from now on, or could not be made.
    public synchronized void end(Claim claim) {
        asking.remove(claim.id());
        granted.remove(claim.id());
    }

    /// What this replica holds of a key's quota.
    ///
    /// @param held the claims of the sandboxes that are there; read after this book, so that a claim that goes from here to
    ///            there meanwhile is not missed
    public ClaimReport report(String key, Supplier<Stream<Claim>> held) {
        Map<String, Claim> open = new LinkedHashMap<>();
        ClaimReport booked = booked(key);
        booked.open().forEach(claim -> open.put(claim.id(), claim));
        held.get().filter(claim -> claim.key().equals(key)).forEach(claim -> open.put(claim.id(), claim));
        return new ClaimReport(life, booked.upTo(), booked.asking(), open.values().stream().toList());
    }

    private synchronized ClaimReport booked(String key) {
        return new ClaimReport(life, last,
                asking.values().stream().filter(claim -> claim.key().equals(key)).map(Claim::id)
                        .collect(Collectors.toSet()),
                granted.values().stream().filter(claim -> claim.key().equals(key)).toList());
    }
}
