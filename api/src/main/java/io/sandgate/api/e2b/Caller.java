package io.sandgate.api.e2b;

import io.sandgate.sandbox.tenant.KeyRecord;

/// Who calls.
///
/// @param team who owns what the call makes, and whose things it sees
/// @param name the name of the key
/// @param keyId the id of a key that was made through the API; empty for another one
/// @param role what it may do with keys
record Caller(String team, String name, String keyId, Role role) {

    /// What a caller may do with keys.
    enum Role {
        /// Everything, for all teams: a key from the settings.
        ADMINISTRATOR,
        /// Make and revoke keys of its team.
        TEAM_ADMIN,
        /// See the keys of its team.
        MEMBER
    }

    /// A key from the settings, which is its own team.
    static Caller configured(String name) {
        return new Caller(name, name, "", Role.ADMINISTRATOR);
    }

    /// A key that was made through the API.
    static Caller of(KeyRecord key) {
        return new Caller(key.team(), key.name(), key.id(), key.admin() ? Role.TEAM_ADMIN : Role.MEMBER);
    }

    /// A client of another replica, which has authenticated it.
    ///
    /// @param keyId the id of its key; empty for one that was not made through the API
    static Caller forwarded(String team, String keyId) {
        return new Caller(team, team, keyId, Role.MEMBER);
    }

    /// Whether it may do everything for all teams.
    boolean isAdministrator() {
        return role == Role.ADMINISTRATOR;
    }
}
