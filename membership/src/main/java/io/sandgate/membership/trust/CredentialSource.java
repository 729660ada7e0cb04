package io.sandgate.membership.trust;

/// Where the credentials of a replica come from. Belongs to one thread at a time.
interface CredentialSource {

    /// The credentials to use now: the same object until there are newer ones.
    ///
    /// @throws TrustException when there are none, or newer ones that are no good
    Credentials current();
}
