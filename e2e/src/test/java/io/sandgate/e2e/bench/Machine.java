package io.sandgate.e2e.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// The machine that a benchmark ran on.
final class Machine {

    private Machine() {}

    /// Cores, memory, kernel and Java in one line.
    static String line() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return String.format("%d cores, %.0f GiB, %s %s, Java %s (%s)", Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize() / (double) (1L << 30), System.getProperty("os.name"),
                System.getProperty("os.version"), Runtime.version(), System.getProperty("java.vendor.version"));
    }
}
