/// Tests of the calls between replicas.
@NullMarked
package io.sandgate.gateway.peer;

import org.jspecify.annotations.NullMarked;
