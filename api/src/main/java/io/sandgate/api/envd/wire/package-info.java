/// HTTP exchanges as blocking code sees them: what comes from an event loop is read and written on virtual threads, with
/// bounded memory both ways.
///
/// Starting points:
/// - [io.sandgate.api.envd.wire.HttpCall], one request and its answer
/// - [io.sandgate.api.envd.wire.RequestBody] and [io.sandgate.api.envd.wire.ResponseBody], its two streams
@NullMarked
package io.sandgate.api.envd.wire;

import org.jspecify.annotations.NullMarked;
