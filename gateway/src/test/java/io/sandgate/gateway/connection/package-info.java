/// Tests of the connections of clients.
@NullMarked
package io.sandgate.gateway.connection;

import org.jspecify.annotations.NullMarked;
