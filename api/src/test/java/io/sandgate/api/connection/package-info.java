@NullMarked
package io.sandgate.api.connection;

import org.jspecify.annotations.NullMarked;
