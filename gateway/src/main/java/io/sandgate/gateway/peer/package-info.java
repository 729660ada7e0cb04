/// How the replicas call each other about what lives in this layer.
@NullMarked
package io.sandgate.gateway.peer;

import org.jspecify.annotations.NullMarked;
