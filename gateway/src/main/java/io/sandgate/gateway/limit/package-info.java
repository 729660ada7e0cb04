/// How many connections a client may open, and how fast.
///
/// Starting point: [io.sandgate.gateway.limit.ConnectionLimits].
@NullMarked
package io.sandgate.gateway.limit;

import org.jspecify.annotations.NullMarked;
