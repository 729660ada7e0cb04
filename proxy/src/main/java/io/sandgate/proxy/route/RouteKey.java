package io.sandgate.proxy.route;

/// The key of a route.
///
/// @param namespace the space that the name is unique in
/// @param name the name of the sandbox in its namespace
public record RouteKey(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
