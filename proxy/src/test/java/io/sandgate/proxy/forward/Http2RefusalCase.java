package io.sandgate.proxy.forward;

import java.io.IOException;

/// What a client sends over HTTP/2 that is not passed on, and what becomes of it.
///
/// @param input what is wrong with it
/// @param shown what is sent, in words
/// @param script sends it; a request is on stream 1
/// @param outcome `status 400` and the like, or `reset` and `goaway` with the number of the error
/// @param rule the section of the RFC, or the attack, that it is about
record Http2RefusalCase(String input, String shown, Script script, String outcome, String rule) {

    /// Sends what is refused, to the host of a running sandbox.
    interface Script {
        void send(RawHttp2 client, String host) throws IOException;
    }

    @Override
    public String toString() {
        return input + ": " + shown;
    }

    /// Whether the connection goes on.
    boolean isKept() {
        return !outcome.startsWith("goaway");
    }

    String row() {
        String[] words = outcome.split(" ", 2);
        String answer = switch (words[0]) {
            case "status" -> words[1];
            case "reset" -> "RST_STREAM " + error(words[1]);
            default -> "GOAWAY " + error(words[1]);
        };
        return "| " + input + " | " + shown + " | " + answer + " | " + (isKept() ? "kept" : "closed") + " | " + rule
                + " |\n";
    }

    private static String error(String number) {
        return switch (Integer.parseInt(number)) {
            case RawHttp2.PROTOCOL_ERROR -> "PROTOCOL_ERROR";
            case RawHttp2.ENHANCE_YOUR_CALM -> "ENHANCE_YOUR_CALM";
            case 3 -> "FLOW_CONTROL_ERROR";
            case 5 -> "STREAM_CLOSED";
            case 6 -> "FRAME_SIZE_ERROR";
            case 7 -> "REFUSED_STREAM";
            case 9 -> "COMPRESSION_ERROR";
            default -> throw new IllegalArgumentException(number);
        };
    }
}
