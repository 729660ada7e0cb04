package io.sandgate.membership.trust;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this replica shows of itself in the cluster, and whom it believes, now.
///
/// May be used from any thread. The credentials are looked at every few seconds on a thread of its own, and exchanged when
/// there are newer ones: the managers and contexts that it gave out use these from the next handshake on. When the newer
/// ones are no good, the old ones stay, and the log says so once.
public final class Trust implements AutoCloseable {
    /// The only protocol of the cluster.
    public static final String PROTOCOL = "TLSv1.3";

    private static final Logger log = LoggerFactory.getLogger(Trust.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    /// How many checked certificates are remembered.
    private static final int MOST_REMEMBERED = 1_000;
    /// A session that is taken up again skips the check of certificates: it may not be, by the shortest life there is.
    private static final int SESSION_SECONDS = 1;

    /// A chain that was found good, and whose.
    private record Good(String id, List<X509Certificate> chain) {}

    private final CredentialSource source;
    private final ChainCheck check;
    private final Refusals refusals;
    private final OwnKey ownKey;
    private final ScheduledExecutorService timer;
    private final Map<X509Certificate, Good> checked = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<X509Certificate, Good> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };
    private volatile Credentials credentials;
    /// Of the timer's thread.
    private String complaint = "";

    /// @param lookEvery how often newer credentials are looked for
    Trust(CredentialSource source, InstantSource clock, MeterRegistry registry, Duration lookEvery) {
        this.source = source;
        this.check = new ChainCheck(clock);
        this.refusals = new Refusals(registry);
        this.credentials = source.current();
        Rehearsal.of(credentials, check, refusals);
        this.ownKey = new OwnKey(credentials);
        Gauge.builder("sandgate.trust.certificate.left", this, trust -> trust.secondsLeft(clock))
                .description("How long this replica's certificate is still valid").baseUnit("seconds")
                .register(registry);
        timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("trust").factory());
        var _ = timer.scheduleWithFixedDelay(this::look, lookEvery.toMillis(), lookEvery.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /// The trust of everyone who knows the secret: this replica issues itself short-lived certificates.
    public static Trust ofSecret(String secret, String id, InstantSource clock, SecureRandom random,
            MeterRegistry registry) {
        return new Trust(new IssuedCredentials(ClusterAuthority.of(secret), id, clock, random), clock, registry,
                LOOK_EVERY);
    }

    /// The trust in an operator's own certificates.
    ///
    /// @throws TrustException when the files hold no good ones; the message names the setting
    public static Trust ofFiles(TrustFiles files, String id, InstantSource clock, MeterRegistry registry) {
        return new Trust(new CredentialFiles(files, id, clock), clock, registry, LOOK_EVERY);
    }

    private void look() {
        try {
            Credentials next = source.current();
            if (!next.equals(credentials)) {
                Rehearsal.of(next, check, refusals);
                log.info("trust.renewed subject=\"{}\" until={}", next.certificate().getSubjectX500Principal(),
                        next.certificate().getNotAfter().toInstant());
                ownKey.show(next);
                synchronized (checked) {
                    credentials = next;
                    checked.clear();
                }
            }
            complaint = "";
        } catch (RuntimeException e) {
            // the next look must come, whatever it is
            String message = String.valueOf(e.getMessage());
            if (!message.equals(complaint)) {
                complaint = message;
                log.warn("trust.not_renewed detail=\"{}\" (going on with the certificate that is valid until {})",
                        message, credentials.certificate().getNotAfter().toInstant());
            }
        }
    }

    private double secondsLeft(InstantSource clock) {
        return Duration.between(clock.instant(), credentials.certificate().getNotAfter().toInstant()).toSeconds();
    }

    Credentials credentials() {
        return credentials;
    }

    /// The id of the replica that shows the chain.
    ///
    /// @param chain as it was shown, its own certificate first
    public String idOf(List<? extends Certificate> chain) throws RefusedCertificateException {
        List<X509Certificate> certificates = new ArrayList<>(chain.size());
        for (Certificate certificate : chain) {
            if (!(certificate instanceof X509Certificate x509)) {
                throw new RefusedCertificateException(RefusalReason.FOREIGN_AUTHORITY,
                        "a certificate of the kind " + certificate.getType() + " (expected: X.509)");
            }
            certificates.add(x509);
        }
        return certificates.isEmpty() ? check.id(certificates, List.of()) : remembered(certificates);
    }

    private String remembered(List<X509Certificate> chain) throws RefusedCertificateException {
        Credentials now;
        synchronized (checked) {
            now = credentials;
            Good good = checked.get(chain.getFirst());
            if (good != null && check.isInDate(good.chain())) {
                return good.id();
            }
        }
        String id = check.id(chain, now.authorities());
        synchronized (checked) {
            if (now.equals(credentials)) {
                checked.put(chain.getFirst(), new Good(id, chain));
            }
        }
        return id;
    }

    /// Shows this replica's certificate.
    public X509ExtendedKeyManager keyManager() {
        return ownKey;
    }

    /// Believes replicas: as a server any, as a client the one that is meant by the address.
    public X509ExtendedTrustManager trustManager(Whereabouts whereabouts) {
        return new ReplicasOnly(this::idOf, whereabouts, refusals);
    }

    /// For connections to and from replicas of the cluster, whichever they are.
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(new KeyManager[]{ownKey},
                    new TrustManager[]{trustManager((id, host, port) -> true)}, null);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("there is no " + PROTOCOL + " here", e);
        }
    }

    /// Seals what this replica says, and opens what others have sealed.
    public Seal seal() {
        return new Seal(this);
    }

    /// Where to report who is not believed.
    public Refusals refusals() {
        return refusals;
    }

    /// Stops looking for newer credentials.
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
