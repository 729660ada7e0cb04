package io.sandgate.sandbox.tenant;

import java.util.List;
import java.util.Set;

/// What one replica holds of a key's quota, at one moment.
///
/// It speaks for every claim of this life with a number up to `upTo`: such a claim is open, or asked for, or over.
///
/// @param life the life of the replica
/// @param upTo the highest number that this life has given to a claim
/// @param asking the ids of the claims that wait for an answer
/// @param open the claims that were granted, of sandboxes that are being made or are there
public record ClaimReport(String life, long upTo, Set<String> asking, List<Claim> open) {

    public ClaimReport {
        asking = Set.copyOf(asking);
        open = List.copyOf(open);
    }

    /// Whether the claim is over for certain, as far as its own replica is concerned.
    boolean isOver(String claimId) {
        if (asking.contains(claimId) || open.stream().anyMatch(claim -> claim.id().equals(claimId))) {
            return false;
        }
        int dash = claimId.lastIndexOf('-');
        return !claimId.substring(0, dash).equals(life) || Long.parseLong(claimId.substring(dash + 1)) <= upTo;
    }
}
