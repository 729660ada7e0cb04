package io.sandgate.e2e.harness;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/// The data plane of one replica: requests to a port of a sandbox, addressed in each of the three ways.
public final class SandboxCaller {

    /// How a request says which sandbox and port it is for.
    public enum Form {
        HOST, HEADERS, PATH
    }

    private final Http http;
    private final String base;

    /// @param base address of a public listener, without a slash at its end
    public SandboxCaller(Http http, String base) {
        this.http = http;
        this.base = base;
    }

    /// Calls GET, addressed by two headers.
    public Answer get(String id, int port, String path) {
        return get(Form.HEADERS, id, port, path, Map.of());
    }

    public Answer get(Form form, String id, int port, String path, Map<String, String> headers) {
        return http.get(url(form, id, port, path), headers(form, id, port, headers));
    }

    public Answer post(String id, int port, String path, String body) {
        return http.send("POST", url(Form.HEADERS, id, port, path), headers(Form.HEADERS, id, port, Map.of()), body);
    }

    /// Calls GET, addressed by two headers, and gives the body as it comes.
    public HttpResponse<InputStream> open(String id, int port, String path) {
        return http.open(url(Form.HEADERS, id, port, path), headers(Form.HEADERS, id, port, Map.of()));
    }

    private String url(Form form, String id, int port, String path) {
        return form == Form.PATH ? base + "/sandbox/" + id + "/" + port + path : base + path;
    }

    private static Map<String, String> headers(Form form, String id, int port, Map<String, String> more) {
        Map<String, String> headers = new LinkedHashMap<>(more);
        switch (form) {
            case HOST -> headers.put("Host", port + "-" + id + ".localhost");
            case HEADERS -> {
                headers.put("E2b-Sandbox-Id", id);
                headers.put("E2b-Sandbox-Port", Integer.toString(port));
            }
            case PATH -> {
            }
        }
        return headers;
    }
}
