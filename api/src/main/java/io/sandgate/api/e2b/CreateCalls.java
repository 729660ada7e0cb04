package io.sandgate.api.e2b;

import io.sandgate.sandbox.CreateSandbox;

/// Creates: always on this replica, which becomes the owner.
///
/// @param body reads what is asked for
/// @param local the sandboxes of this replica
/// @param quotas whether there is room for one more
/// @param workers where local calls block
record CreateCalls(CreateBody body, LocalSandboxes local, QuotaGate quotas, Workers workers) {

    /// @param defaultTimeout seconds, where the client names none
    /// @param alwaysSecured whether every sandbox is secured, whatever the client says
    ApiCall here(long defaultTimeout, boolean alwaysSecured) {
        return request -> {
            CreateSandbox wish = body.parse(request, defaultTimeout, alwaysSecured);
            return quotas.within(request.caller(), local.json().size(wish.template()),
                    claim -> workers.run(() -> local.create(wish.claiming(claim))));
        };
    }
}
