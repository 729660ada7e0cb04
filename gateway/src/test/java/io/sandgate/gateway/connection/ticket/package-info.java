@NullMarked
package io.sandgate.gateway.connection.ticket;

import org.jspecify.annotations.NullMarked;
