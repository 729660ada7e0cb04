package io.sandgate.api.settings;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A YAML file of settings: nested maps, dotted keys, or both, with or without `sandgate` on top.
final class SettingsFile {

    /// Far above any real file, and small enough to read a wrong file safely.
    private static final long MAX_BYTES = 1024 * 1024;

    private final Path path;
    private final JsonParser parser;
    private final Map<String, RawValue> values = new LinkedHashMap<>();

    private SettingsFile(Path path, JsonParser parser) {
        this.path = path;
        this.parser = parser;
    }

    /// The values in the file by setting name, without the leading `sandgate.`.
    static Map<String, RawValue> read(Path path) {
        YAMLFactory factory = YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes((int) MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new SettingsException("--config " + path + ": larger than 1 MiB (expected: a file of settings)");
            }
            try (JsonParser parser = factory.createParser(bytes)) {
                SettingsFile file = new SettingsFile(path, parser);
                file.document();
                return file.values;
            }
        } catch (JsonProcessingException e) {
            int line = Optional.ofNullable(e.getLocation()).map(location -> location.getLineNr()).orElse(0);
            String reason = Optional.ofNullable(e.getOriginalMessage()).orElse("").lines().findFirst().orElse("");
            throw new SettingsException("--config " + path + ", line " + line + ": not YAML: " + reason);
        } catch (IOException e) {
            throw new SettingsException("--config " + path + ": cannot be read (expected: a YAML file that this user"
                    + " may read)");
        }
    }

    private void document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw new SettingsException(where() + ": " + parser.getText() + " (expected: area.name: value)");
        }
        map("");
    }

    private void map(String prefix) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = prefix + parser.currentName();
            switch (parser.nextToken()) {
                case START_OBJECT -> map(name + ".");
                case START_ARRAY -> put(name, where(), list(name), true);
                case VALUE_NULL -> throw new SettingsException(full(name) + ": (empty) (expected: a value; from "
                        + where() + ")");
                default -> put(name, where(), List.of(parser.getText()), false);
            }
        }
    }

    private List<String> list(String name) throws IOException {
        List<String> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (!parser.currentToken().isScalarValue()) {
                throw new SettingsException(full(name) + ": a list with a list or map in it (expected: single values;"
                        + " from " + where() + ")");
            }
            items.add(parser.getText());
        }
        return items;
    }

    private void put(String name, String where, List<String> items, boolean list) {
        String known = SettingSources.known(name, where);
        if (values.put(known, new RawValue(items, list, where)) != null) {
            throw new SettingsException(full(known) + ": given twice (expected: once; from " + where + ")");
        }
    }

    private String where() {
        return path + " line " + parser.currentTokenLocation().getLineNr();
    }

    private static String full(String name) {
        return name.startsWith(Setting.PREFIX) ? name : Setting.PREFIX + name;
    }
}
