package io.sandgate.e2e.harness;

import java.util.ArrayList;
import java.util.List;

/// One scrape of a replica's metrics in the text form of Prometheus.
public final class Metrics {

    private record Sample(String name, String labels, double value) {}

    private final List<Sample> samples;

    private Metrics(List<Sample> samples) {
        this.samples = samples;
    }

    static Metrics parse(String text) {
        List<Sample> samples = new ArrayList<>();
        for (String line : text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList()) {
            int end = line.lastIndexOf(' ');
            int brace = line.indexOf('{');
            String name = brace < 0 ? line.substring(0, end) : line.substring(0, brace);
            String labels = brace < 0 ? "" : line.substring(brace, end);
            samples.add(new Sample(name, labels, Double.parseDouble(line.substring(end + 1))));
        }
        return new Metrics(samples);
    }

    /// The sum of the samples of that name, as Prometheus writes it, that carry all the labels.
    ///
    /// @param labels each as `name="value"`
    public double sum(String name, String... labels) {
        return samples.stream().filter(sample -> sample.name.equals(name))
                .filter(sample -> List.of(labels).stream().allMatch(sample.labels::contains))
                .mapToDouble(Sample::value).sum();
    }

    /// Whether there is a sample of that name.
    public boolean has(String name) {
        return samples.stream().anyMatch(sample -> sample.name.equals(name));
    }
}
