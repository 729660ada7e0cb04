package io.sandgate.sandbox;

import io.sandgate.sandbox.driver.Limits;
import io.sandgate.sandbox.driver.Template;
import java.util.List;
import java.util.Map;

/// The templates that every replica has: `base`, which runs nothing, and `web`, which serves its directory over HTTP on
/// port 8000 with the web server of the JDK.
final class BuiltInTemplates {

    private static final String INDEX = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{id}</title>
            <style>
              body { font: 18px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem;
                     color: #1b2733; background: #f6f8fa }
              code { background: #e4e9ee; border-radius: 4px; padding: .1em .35em }
            </style>
            <h1>It works</h1>
            <p>This page comes from sandbox <code>{id}</code>, which listens at <code>{ip}:8000</code> and serves the
            files in its working directory.</p>
            </html>
            """;

    static final Map<String, Template> ALL = Map.of(
            "base", Template.of("base", List.of(), 0),
            "web", new Template("web",
                    List.of("{java}", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m", "-m",
                            "jdk.httpserver", "-b", "{ip}", "-p", "8000", "-d", "{dir}"),
                    8000, Map.of(), Map.of("index.html", INDEX), Limits.NONE, 1, 64, 1024, 0));

    private BuiltInTemplates() {}
}
