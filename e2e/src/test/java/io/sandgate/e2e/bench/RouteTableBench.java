package io.sandgate.e2e.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static io.sandgate.e2e.bench.MarkdownTable.whole;
import static org.assertj.core.api.Assertions.assertThat;

/// What 100,000 routes cost: heap per route, and the speed of a lookup among them.
@Tag("bench")
class RouteTableBench {

    private static final int ROUTES = 100_000;
    private static final int ROUND_MILLIS = Scale.of(1_000, 200);

    @Test
    void table_ofManyRoutes_isSmallAndQuick() throws IOException, InterruptedException {
        Progress.say("route table: %d routes".formatted(ROUTES));
        Map<String, Double> figures = probe("-XX:+UseSerialGC");
        Map<String, Double> compact = probe("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders");
        new Report("route-table", "Route table", "A JVM of its own reads " + whole(ROUTES)
                + " routes as peers send them, " + whole(figure(figures, "messageBytes"))
                + " bytes of JSON each, applies them to a table, and compares the used heap after a full collection "
                + "with that before. Then one thread looks up all of them in random order, round after round; medians of "
                + "five rounds.")
                .figure("heap per route", whole(figure(figures, "bytesPerRoute")) + " bytes")
                .figure("heap per route with compact object headers",
                        whole(figure(compact, "bytesPerRoute")) + " bytes")
                .figure("reading and applying one route", String.format("%.1f us", figure(figures, "applyMicros")))
                .figure("lookups a second and core, known ids", millions(figures, "hits"))
                .figure("lookups a second and core, unknown ids", millions(figures, "misses"))
                .figure("lookups a second and core, ids cut from a Host", millions(figures, "fromHost"))
                .figure("lookups a second, two threads at once", millions(figures, "hitsTwoThreads")).publish();
        assertThat(figure(figures, "routes")).isEqualTo(ROUTES);
    }

    private static String millions(Map<String, Double> figures, String name) {
        return String.format("%.1f million", figure(figures, name) / 1e6);
    }

    private static double figure(Map<String, Double> figures, String name) {
        Double figure = figures.get(name);
        if (figure == null) {
            throw new AssertionError(name + " is missing in " + figures);
        }
        return figure;
    }

    private static Map<String, Double> probe(String... options) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms1g", "-Xmx1g");
        builder.command().addAll(List.of(options));
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), RouteTableProbe.class.getName(),
                Integer.toString(ROUTES), Integer.toString(ROUND_MILLIS)));
        Process process = builder.redirectError(Redirect.INHERIT).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit code of the probe, which printed %s", out).isZero();
        Map<String, Double> figures = new HashMap<>();
        out.lines().map(line -> line.split("=", 2)).filter(pair -> pair.length == 2)
                .forEach(pair -> figures.put(pair[0], Double.valueOf(pair[1])));
        return figures;
    }
}
