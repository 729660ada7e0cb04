package io.sandgate.proxy.forward;

import java.util.List;

/// One input that a gateway must not pass on as it is, and what becomes of it.
///
/// @param group the heading that it stands under
/// @param input what is wrong with it
/// @param request its bytes, in ISO 8859-1, with {@value #HOST} for the host of a running sandbox
/// @param shown the part of it that is shown
/// @param status of the answer
/// @param then what follows the answer
/// @param rule the section of the RFC, or the contract of its own, that it breaks
/// @param absent what the sandbox must not see of it, where it is forwarded
record RefusalCase(String group, String input, String request, String shown, int status, Then then, String rule,
        List<String> absent) {

    /// What follows an answer.
    enum Then {
        /// The connection ends, and nothing after the input is answered or forwarded.
        CLOSED("closed"),
        /// The same, but the sandbox has got the beginning of the request, and never its end.
        CUT_OFF("closed, and so is the sandbox's"),
        /// The next request is answered.
        KEPT("kept"),
        /// The request is answered by the sandbox, without what it must not see.
        CLEANED("forwarded without it");

        private final String words;

        Then(String words) {
            this.words = words;
        }
    }

    static final String HOST = "{host}";
    private static final int LONGEST_SHOWN = 90;

    @Override
    public String toString() {
        return group + ": " + input;
    }

    String request(String host) {
        return request.replace(HOST, host);
    }

    /// A row of the page.
    String row() {
        String answer = then == Then.CLEANED ? "" : Integer.toString(status);
        return "| " + input.replace("|", "\\|") + " | " + code() + " | " + answer + " | " + then.words + " | " + rule
                + " |\n";
    }

    private String code() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < shown.length() && text.length() < LONGEST_SHOWN; i++) {
            char c = shown.charAt(i);
            switch (c) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '|' -> text.append("\\|");
                default -> text.append(c < ' ' || c > '~' ? "\\x%02x".formatted((int) c) : String.valueOf(c));
            }
        }
        String more = text.length() < LONGEST_SHOWN ? "" : "…";
        return "<code>" + text.toString().replace("&", "&amp;").replace("<", "&lt;")
                .replaceAll("^ |(?<= ) | $", "&#32;").replace(HOST, "80-abc.localhost") + more + "</code>";
    }
}
