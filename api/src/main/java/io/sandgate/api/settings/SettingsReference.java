package io.sandgate.api.settings;

import java.util.Map;

/// The reference page of all settings, in Markdown.
final class SettingsReference {

    private static final String HEAD = """
            # Settings

            <!-- Made from the catalogue of settings. SettingsReferenceTest fails when it is stale, and says how to write it anew. -->

            Every setting is `sandgate.<area>.<name>`. It is read, later ones winning, from

            1. a YAML file, `--config sandgate.yaml`, with nested maps or dotted names;
            2. the environment, as `SANDGATE_<AREA>_<NAME>`;
            3. the command line, `--set <area>.<name>=<value>`.

            An unknown or invalid setting stops the start with one line that names it, and exit code 2.
            `bin/sandgate config` prints what each setting is and where it came from.

            ```yaml
            public:
              port: 8080
            sandbox.max-timeout: 48h
            templates:
              python:
                command: [python3, -m, http.server, "8000"]
                ready-port: 8000
            ```

            In a variable for a template, its name is in upper case with `_` for `-`:
            `SANDGATE_TEMPLATES_MY_APP_READY_PORT` is `sandgate.templates.my-app.ready-port`.
            """;

    private SettingsReference() {}

    static String markdown() {
        StringBuilder page = new StringBuilder(HEAD);
        for (Catalogue.Section section : Catalogue.sections()) {
            page.append("\n## ").append(section.title()).append("\n\n").append(section.introduction()).append("\n\n")
                    .append("| setting | default | allowed | meaning |\n| --- | --- | --- | --- |\n");
            section.settings().forEach(setting -> page.append(row(setting)));
        }
        page.append(
                """

                        ## Other variables

                        These start with `SANDGATE_` and are no settings. Any other unknown `SANDGATE_` variable stops the start.
                        Where Kubernetes adds variables for a service of that name, set `enableServiceLinks: false` in the pod.

                        | variable | meaning |
                        | --- | --- |
                        """);
        for (Map.Entry<String, String> variable : SettingSources.OTHER_VARIABLES.entrySet()) {
            page.append("| `").append(variable.getKey()).append("` | ").append(variable.getValue()).append(" |\n");
        }
        return page.toString();
    }

    private static String row(Setting<?> setting) {
        String given = setting.defaultText();
        String byDefault = given == null ? setting.defaultWords() : given.isEmpty() ? "none" : "`" + given + "`";
        return "| `" + setting.fullName() + "`<br>`" + setting.environmentName() + "` | " + escape(byDefault) + " | "
                + escape(setting.type().allowed()) + " | " + setting.meaning() + " |\n";
    }

    private static String escape(String text) {
        return text.startsWith("`") ? text : text.replace("<", "&lt;").replace("|", "\\|");
    }
}
