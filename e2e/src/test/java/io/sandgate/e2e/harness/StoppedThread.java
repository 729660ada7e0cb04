package io.sandgate.e2e.harness;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector.Argument;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// One thread of a replica that stands still while all others run, as one does that waits for something for ever.
///
/// A debugger stops it, so that nothing in the replica is made for it; the replica has to be planned with [#possible].
/// Closing lets the thread go on.
public final class StoppedThread implements AutoCloseable {

    private static final int PORT = 5005;

    private final VirtualMachine machine;

    private StoppedThread(VirtualMachine machine) {
        this.machine = machine;
    }

    /// The plan of a replica whose threads can be stopped; in a network namespace, where the port is free.
    public static ReplicaPlan possible(ReplicaPlan plan) {
        return plan.at(plan.host().through("env", "JAVA_TOOL_OPTIONS=-agentlib:jdwp=transport=dt_socket,server=y,"
                + "suspend=n,address=" + plan.host().management() + ":" + PORT));
    }

    /// Stops the thread of that name.
    public static StoppedThread of(ReplicaProcess replica, String name) {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(one -> one.name().equals("com.sun.jdi.SocketAttach")).findFirst().orElseThrow();
        Map<String, Argument> arguments = connector.defaultArguments();
        argument(arguments, "hostname").setValue(replica.plan().host().management());
        argument(arguments, "port").setValue(Integer.toString(PORT));
        try {
            VirtualMachine machine = connector.attach(arguments);
            ThreadReference thread = machine.allThreads().stream().filter(one -> one.name().equals(name)).findFirst()
                    .orElseThrow(() -> new AssertionError(replica.id() + " has no thread " + name));
            thread.suspend();
            return new StoppedThread(machine);
        } catch (IOException e) {
            throw new UncheckedIOException("debugging " + replica.id(), e);
        } catch (IllegalConnectorArgumentsException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Argument argument(Map<String, Argument> arguments, String name) {
        Argument argument = arguments.get(name);
        if (argument == null) {
            throw new IllegalStateException("the debugger's connector has no argument " + name);
        }
        return argument;
    }

    @Override
    public void close() {
        machine.dispose();
    }
}
