/// Tests of where events go, with real files and a real HTTP server.
@NullMarked
package io.sandgate.gateway.shard.sink;

import org.jspecify.annotations.NullMarked;
