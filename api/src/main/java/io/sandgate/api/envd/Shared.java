package io.sandgate.api.envd;

import io.sandgate.api.envd.connect.ConnectServer;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/// What all sandboxes of a face have in common.
///
/// @param workers give each call a thread that may block
/// @param random for the names of watchers
record Shared(ExecutorService workers, ConnectServer connect, Access access, RandomGenerator random,
        EnvdLimits limits) {}
