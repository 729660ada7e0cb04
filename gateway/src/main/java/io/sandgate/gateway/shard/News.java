package io.sandgate.gateway.shard;

/// Is told that there is something which the leader should hear.
interface News {
    /// Tells nobody.
    News NONE = new News() {
        @Override
        public void soon() {
            // nobody listens
        }

        @Override
        public void later() {
            // nobody listens
        }
    };

    /// Somebody waits for it.
    void soon();

    /// Nobody does: it may be told with what comes in the next moment.
    void later();
}
