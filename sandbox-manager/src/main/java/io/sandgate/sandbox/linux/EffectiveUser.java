package io.sandgate.sandbox.linux;

/// The user of this machine that this process acts as.
public final class EffectiveUser {

    private EffectiveUser() {}

    /// Its number.
    public static int id() throws SystemCallException {
        return (int) SystemCall.GETEUID.invoke();
    }
}
