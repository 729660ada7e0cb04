package io.sandgate.proxy.forward;

/// The bodies of refusals: JSON for programs, a page for people. Pure.
final class ProxyErrors {

    static final String JSON_TYPE = "application/json; charset=utf-8";
    static final String PAGE_TYPE = "text/html; charset=utf-8";

    private static final String STYLE = """
            <style>
            :root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #1a1d21; --dim: #667080; --line: #dfe3e8;
              --mark: #c2410c; }
            @media (prefers-color-scheme: dark) { :root { --back: #111417; --card: #1a1e23; --text: #e8eaed;
              --dim: #98a2b0; --line: #2c333b; --mark: #fb923c; } }
            * { box-sizing: border-box; }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
              background: var(--back); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
            main { width: 100%; max-width: 34rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
              border-radius: 12px; }
            .status { margin: 0; color: var(--mark); font-weight: 600; font-size: .85rem; letter-spacing: .06em; }
            h1 { margin: .25rem 0 .75rem; font-size: 1.35rem; line-height: 1.3; overflow-wrap: anywhere; }
            p { margin: 0 0 1rem; }
            dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: 1.25rem 0 0; padding-top: 1.25rem;
              border-top: 1px solid var(--line); font-size: .9rem; }
            dt { color: var(--dim); }
            dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
            </style>
            """;

    private ProxyErrors() {}

    /// The body for a program: `{"sandboxId","message","port","connectionLimit","path","code"}`, without what does not apply.
    static String json(Refusal refusal) {
        StringBuilder json = new StringBuilder(128).append('{');
        if (!refusal.sandboxId().isEmpty()) {
            json.append("\"sandboxId\":");
            quote(json, refusal.sandboxId());
            json.append(',');
        }
        json.append("\"message\":");
        quote(json, refusal.message());
        if (refusal.port() != 0) {
            json.append(",\"port\":").append(refusal.port());
        }
        if (refusal.connectionLimit() != 0) {
            json.append(",\"connectionLimit\":").append(refusal.connectionLimit());
        }
        if (!refusal.path().isEmpty()) {
            json.append(",\"path\":");
            quote(json, refusal.path());
        }
        return json.append(",\"code\":").append(refusal.status()).append('}').toString();
    }

    /// The body for a person: one page that needs nothing else.
    static String page(Refusal refusal) {
        StringBuilder facts = new StringBuilder(64);
        if (!refusal.sandboxId().isEmpty()) {
            facts.append("<dt>Sandbox</dt><dd>").append(escape(refusal.sandboxId())).append("</dd>\n");
        }
        if (refusal.port() != 0) {
            facts.append("<dt>Port</dt><dd>").append(refusal.port()).append("</dd>\n");
        }
        if (refusal.connectionLimit() != 0) {
            facts.append("<dt>Connections</dt><dd>at most ").append(refusal.connectionLimit()).append("</dd>\n");
        }
        if (!refusal.path().isEmpty()) {
            facts.append("<dt>Path</dt><dd>").append(escape(refusal.path())).append("</dd>\n");
        }
        String title = escape(refusal.message());
        String list = facts.isEmpty() ? "" : "<dl>\n" + facts + "</dl>\n";
        return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" + title
                + "</title>\n"
                + STYLE + "</head>\n<body>\n<main>\n<p class=\"status\">" + refusal.status() + "</p>\n<h1>" + title
                + "</h1>\n<p>" + advice(refusal.reason()) + "</p>\n" + list + "</main>\n</body>\n</html>\n";
    }

    private static String advice(Refusal.Reason reason) {
        return switch (reason) {
            case MALFORMED -> "Check the address that you opened.";
            case METHOD, EXPECTATION -> "This gateway does not serve such a request.";
            case NOT_FOUND, NOT_RUNNING ->
                "It may have been stopped, or have reached the end of its life. Check its id, "
                        + "or start a new one.";
            case PAUSED -> "If it is yours and paused, resume it and reload this page.";
            case NOT_WOKEN -> "It is paused and did not resume in time. Reload this page in a moment.";
            case SLOW_BODY -> "Its body came too slowly.";
            case TRANSITIONING -> "It is being started, paused or resumed. Reload this page in a moment.";
            case TRAFFIC_TOKEN -> "Only requests with its traffic token are let through.";
            case SANDBOX_FULL -> "Close what is open to it, or try again in a moment.";
            case REPLICA_FULL -> "This gateway is at its limit. Try again in a moment.";
            case CONTROL_PATH -> "Only whoever runs the sandbox uses it.";
            case PORT_CLOSED ->
                "Start a server on this port in the sandbox, listening on all addresses, and reload this "
                        + "page.";
            case BAD_ANSWER ->
                "The server on this port closed the connection, or does not speak HTTP. Look at its logs.";
            case UPGRADE_TIMEOUT -> "The server on this port did not answer in time. Look at its logs.";
        };
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private static String escape(String text) {
        StringBuilder html = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '&' -> html.append("&amp;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.append(c < ' ' ? ' ' : c);
            }
        }
        return html.toString();
    }
}
