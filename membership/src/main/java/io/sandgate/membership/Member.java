package io.sandgate.membership;

import java.util.regex.Pattern;

/// One replica as it announced itself.
///
/// @param id the stable name of the replica, the same over restarts: 1 to 128 letters, digits and `. _ -`
/// @param incarnation one life of the replica: larger after each start, never negative
/// @param peer where its peer listener answers
/// @param publicEndpoint where its public listener answers
/// @param state what it says of itself
public record Member(String id, long incarnation, Endpoint peer, Endpoint publicEndpoint, MemberState state) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    public Member {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "id: " + Printable.of(id) + " (expected: 1-128 letters, digits, '.', '_' or '-')");
        }
        if (incarnation < 0) {
            throw new IllegalArgumentException("incarnation: " + incarnation + " (expected: 0 or more)");
        }
    }

    /// This member in a later life, or as it is if that is not later.
    Member reborn(long later) {
        return later > incarnation ? new Member(id, later, peer, publicEndpoint, state) : this;
    }

    /// This member in another state.
    public Member in(MemberState next) {
        return new Member(id, incarnation, peer, publicEndpoint, next);
    }
}
