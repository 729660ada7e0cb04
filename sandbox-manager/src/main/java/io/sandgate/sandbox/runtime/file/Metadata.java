package io.sandgate.sandbox.runtime.file;

import io.sandgate.sandbox.linux.Descriptor;
import io.sandgate.sandbox.linux.Errno;
import io.sandgate.sandbox.linux.ExtendedAttributes;
import io.sandgate.sandbox.linux.PathText;
import io.sandgate.sandbox.linux.SystemCallException;
import io.sandgate.sandbox.runtime.GuestException;
import io.sandgate.sandbox.runtime.GuestException.Code;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What users keep with a file, as extended attributes `user.e2b.<name>`. A file system that keeps none has no metadata.
final class Metadata {

    private static final String PREFIX = "user.e2b.";
    private static final int LONGEST_NAME = 255 - PREFIX.length();
    private static final int LONGEST_VALUE = 64 * 1024;

    private Metadata() {}

    /// @throws GuestException INVALID_ARGUMENT for what no file can keep
    static void check(Map<String, String> metadata) {
        metadata.forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('\0') >= 0 || PathText.encode(name).length > LONGEST_NAME) {
                throw new GuestException(Code.INVALID_ARGUMENT, "name of metadata: " + name.length()
                        + " characters (expected: 1 to " + LONGEST_NAME + " bytes and no zero character)");
            }
            if (PathText.encode(value).length > LONGEST_VALUE) {
                throw new GuestException(Code.INVALID_ARGUMENT, "metadata '" + name + "': " + value.length()
                        + " characters (expected: at most " + LONGEST_VALUE + " bytes)");
            }
        });
    }

    /// What is kept with a file.
    static Map<String, String> read(Descriptor file) throws IOException {
        var attributes = new ExtendedAttributes(file);
        var metadata = new HashMap<String, String>();
        for (String name : names(attributes)) {
            try {
                metadata.put(name.substring(PREFIX.length()), attributes.get(name));
            } catch (SystemCallException e) {
                // taken away since the names were read
                if (e.errno() != Errno.ENODATA) {
                    throw e;
                }
            }
        }
        return metadata;
    }

    /// Keeps this with a file, and nothing else.
    static void replace(Descriptor file, Map<String, String> metadata) throws IOException {
        var attributes = new ExtendedAttributes(file);
        for (String name : names(attributes)) {
            if (!metadata.containsKey(name.substring(PREFIX.length()))) {
                attributes.remove(name);
            }
        }
        for (var entry : metadata.entrySet()) {
            try {
                attributes.set(PREFIX + entry.getKey(), entry.getValue());
            } catch (SystemCallException e) {
                if (e.errno() != Errno.EOPNOTSUPP) {
                    throw e;
                }
            }
        }
    }

    private static List<String> names(ExtendedAttributes attributes) throws IOException {
        try {
            return attributes.names().stream().filter(name -> name.startsWith(PREFIX)).toList();
        } catch (SystemCallException e) {
            if (e.errno() == Errno.EOPNOTSUPP) {
                return List.of();
            }
            throw e;
        }
    }
}
