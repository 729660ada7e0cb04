package io.sandgate.proxy.route;

/// Hears of the changes of a table, in their order.
@FunctionalInterface
public interface RouteListener {
    /// Called under the table's write lock: it must neither block nor call the table's mutators.
    void changed(RouteChange change);
}
