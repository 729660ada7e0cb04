/// How replicas reach each other about connections.
@NullMarked
package io.sandgate.gateway.connection.peer;

import org.jspecify.annotations.NullMarked;
