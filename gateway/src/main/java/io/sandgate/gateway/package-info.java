/// Connections that live for days: shards of an upstream event gateway, client connections and the event stream.
@NullMarked
package io.sandgate.gateway;

import org.jspecify.annotations.NullMarked;
