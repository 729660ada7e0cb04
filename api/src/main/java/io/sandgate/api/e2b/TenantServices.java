package io.sandgate.api.e2b;

import io.sandgate.sandbox.tenant.KeyRing;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What tells callers apart and bounds them.
///
/// @param ownerOfKey the name that a key from the settings stands for
/// @param keys the keys that were made through the API
/// @param maxKeys how many of these there may be
/// @param rate calls of one key in a second, unless the key has a rate of its own; 0 for any number
/// @param authFailures keys that are not valid, of one address in a second; 0 for any number
/// @param life names this life of this replica, unlike all others
/// @param nanos a clock that only goes forward
/// @param random spreads what replicas do at the same time
public record TenantServices(Function<String, Optional<String>> ownerOfKey, KeyRing keys, int maxKeys, int rate,
        int authFailures, String life, LongSupplier nanos, RandomGenerator random) {}
