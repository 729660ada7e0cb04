package io.sandgate.api.e2b;

import io.vertx.core.http.HttpMethod;
import java.util.List;

/// A call of E2B's API that this one does not have.
///
/// @param method its method
/// @param path the template of its path
/// @param feature what it is for
record UnsupportedEndpoint(HttpMethod method, String path, String feature) {

    static final List<UnsupportedEndpoint> ALL = List.of(
            post("/templates", "Building a template"), post("/v2/templates", "Building a template"),
            post("/v3/templates", "Building a template"),
            post("/templates/tags", "Tagging a template"), delete("/templates/tags", "Tagging a template"),
            post("/templates/:id", "Building a template"),
            patch("/templates/:id", "Changing a template"), patch("/v2/templates/:id", "Changing a template"),
            get("/templates/:id/files/:hash", "Building a template"),
            post("/templates/:id/builds/:build", "Building a template"),
            post("/v2/templates/:id/builds/:build", "Building a template"),
            get("/templates/:id/builds/:build/status", "Building a template"),
            get("/templates/:id/builds/:build/logs", "Building a template"), get("/volumes", "Keeping volumes"),
            post("/volumes", "Keeping volumes"), get("/volumes/:id", "Keeping volumes"),
            delete("/volumes/:id", "Keeping volumes"), get("/secrets", "Keeping secrets"),
            post("/secrets", "Keeping secrets"), get("/secrets/:id", "Keeping secrets"),
            post("/secrets/:id", "Keeping secrets"), delete("/secrets/:id", "Keeping secrets"));

    private static UnsupportedEndpoint get(String path, String feature) {
        return new UnsupportedEndpoint(HttpMethod.GET, path, feature);
    }

    private static UnsupportedEndpoint post(String path, String feature) {
        return new UnsupportedEndpoint(HttpMethod.POST, path, feature);
    }

    private static UnsupportedEndpoint patch(String path, String feature) {
        return new UnsupportedEndpoint(HttpMethod.PATCH, path, feature);
    }

    private static UnsupportedEndpoint delete(String path, String feature) {
        return new UnsupportedEndpoint(HttpMethod.DELETE, path, feature);
    }
}
