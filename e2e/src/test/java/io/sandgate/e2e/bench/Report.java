package io.sandgate.e2e.bench;

import io.sandgate.e2e.harness.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The outcome of one benchmark: what was done, the figures beside their goals, and tables with more.
///
/// It is printed, and a run at full scale replaces the benchmark's section of `docs/benchmarks.md`, which lies between
/// two markers.
final class Report {

    private final String section;
    private final String title;
    private final String method;
    private final MarkdownTable goals = new MarkdownTable("figure", "measured", "goal", "verdict");
    private final List<String> more = new ArrayList<>();
    private final Map<String, BarChart> charts = new LinkedHashMap<>();
    private boolean hasGoals;

    /// @param section names the markers
    /// @param method what was done, as a paragraph
    Report(String section, String title, String method) {
        this.section = section;
        this.title = title;
        this.method = method;
    }

    /// A figure that has a goal.
    Report goal(String figure, String measured, String goal, boolean met) {
        goals.row(figure, measured, goal, met ? "met" : "MISSED");
        hasGoals = true;
        return this;
    }

    /// A figure that has none.
    Report figure(String figure, String measured) {
        goals.row(figure, measured, "", "");
        hasGoals = true;
        return this;
    }

    /// A further table, with the sentence that introduces it.
    Report table(String introduction, MarkdownTable table) {
        more.add(introduction + "\n\n" + table);
        return this;
    }

    /// A chart, which a run at full scale draws into `docs/charts`.
    Report chart(String name, BarChart chart) {
        charts.put(name, chart);
        return note("![" + chart.title() + "](charts/" + name + ".svg)");
    }

    /// A further paragraph.
    Report note(String text) {
        more.add(text + "\n");
        return this;
    }

    /// Prints it and writes it.
    void publish() {
        String text = text();
        System.out.println("\n" + text);
        if (Scale.isFull()) {
            write(text);
        } else {
            Progress.say("not a full run: docs/benchmarks.md is left as it is");
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder("## " + title + "\n\n" + method + "\n\n");
        if (hasGoals) {
            text.append(goals).append('\n');
        }
        more.forEach(part -> text.append(part).append('\n'));
        return text.append("Machine: ").append(Machine.line()).append(".\n").toString();
    }

    private void write(String text) {
        Path docs = Program.root().resolve("docs");
        Path file = docs.resolve("benchmarks.md");
        String begin = "<!-- bench:" + section + " -->\n";
        String end = "<!-- /bench:" + section + " -->";
        try {
            String page = Files.readString(file);
            int from = page.indexOf(begin);
            int to = page.indexOf(end);
            if (from < 0 || to < from) {
                throw new IllegalStateException(
                        file + ": (expected: the markers " + begin.strip() + " and " + end + ")");
            }
            Files.createDirectories(docs.resolve("charts"));
            for (Map.Entry<String, BarChart> chart : charts.entrySet()) {
                Files.writeString(docs.resolve("charts").resolve(chart.getKey() + ".svg"), chart.getValue().toString());
            }
            Files.writeString(file, page.substring(0, from + begin.length()) + text + page.substring(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
