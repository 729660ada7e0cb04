package io.sandgate.api.envd.files;

import io.sandgate.api.envd.wire.HttpFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// How a file's bytes are coded for their way over HTTP.
enum ContentCoding {
    IDENTITY, GZIP;

    /// The one that an `Accept-Encoding` prefers, as envd reads it.
    static ContentCoding preferred(String accepted) {
        List<Accepted> codings = new ArrayList<>();
        for (String element : accepted.split(",", -1)) {
            codings.add(Accepted.parse(element));
        }
        boolean identityRefused = codings.contains(new Accepted("identity", 0));
        // The sort is stable: what is named first goes before what is liked as much
        codings.sort(Comparator.comparingDouble(Accepted::quality).reversed());
        for (Accepted coding : codings) {
            if (coding.quality > 0) {
                switch (coding.name) {
                    case "gzip" -> {
                        return GZIP;
                    }
                    case "identity" -> {
                        return IDENTITY;
                    }
                    case "*" -> {
                        return identityRefused ? GZIP : IDENTITY;
                    }
                    default -> {
                        continue;
                    }
                }
            }
        }
        if (identityRefused) {
            throw new HttpFailure(406, "Accept-Encoding: " + accepted + " (expected: gzip or identity among them)");
        }
        return IDENTITY;
    }

    /// The one that a `Content-Encoding` names.
    static ContentCoding named(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> IDENTITY;
            case "gzip" -> GZIP;
            default -> throw new HttpFailure(400, "Content-Encoding: " + name + " (expected: gzip or identity)");
        };
    }

    private record Accepted(String name, double quality) {

        static Accepted parse(String element) {
            String[] parts = element.split(";", -1);
            double quality = 1;
            for (int i = 1; i < parts.length; i++) {
                String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
                if (parameter.matches("q=[0-9]?(\\.[0-9]{0,9})?") && parameter.matches(".*[0-9].*")) {
                    quality = Double.parseDouble(parameter.substring(2));
                }
            }
            return new Accepted(parts[0].strip().toLowerCase(Locale.ROOT), quality);
        }
    }
}
