package io.sandgate.api.envd;

import io.sandgate.api.envd.connect.ConnectServer;
import io.sandgate.api.envd.wire.MessageRoom;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/// What all sandboxes of a face have in common.
///
/// @param workers give each call a thread that may block
/// @param messages room for those of all sandboxes
/// @param random for the names of watchers
record Shared(ExecutorService workers, ConnectServer connect, Access access, MessageRoom messages,
        RandomGenerator random,
        EnvdLimits limits) {}
