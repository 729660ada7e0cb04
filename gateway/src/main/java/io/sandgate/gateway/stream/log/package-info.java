/// The log of what happens: one writer, any number of readers that each go at their own pace, a bounded memory tier over a
/// bounded log on disk.
///
/// Starting points: [io.sandgate.gateway.stream.log.EventLog] for what it promises, [io.sandgate.gateway.stream.log.MemoryTier]
/// for how it is read without a lock, [io.sandgate.gateway.stream.log.DiskTier] for what survives.
@NullMarked
package io.sandgate.gateway.stream.log;

import org.jspecify.annotations.NullMarked;
