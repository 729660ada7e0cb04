/// What happens, and how it is read: the words that the log, its readers and its replication share.
@NullMarked
package io.sandgate.gateway.stream.event;

import org.jspecify.annotations.NullMarked;
