package io.sandgate.api;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "io.sandgate", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule layers_pointDownOnly = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("api").definedBy("io.sandgate.api..")
            .layer("gateway").definedBy("io.sandgate.gateway..")
            .layer("sandbox-manager").definedBy("io.sandgate.sandbox..")
            .layer("proxy").definedBy("io.sandgate.proxy..")
            .layer("membership").definedBy("io.sandgate.membership..")
            .withOptionalLayers(true)
            .whereLayer("api").mayNotBeAccessedByAnyLayer()
            .whereLayer("gateway").mayOnlyBeAccessedByLayers("api")
            .whereLayer("sandbox-manager").mayOnlyBeAccessedByLayers("api")
            .whereLayer("proxy").mayOnlyBeAccessedByLayers("api", "gateway")
            .whereLayer("membership").mayOnlyBeAccessedByLayers("api", "gateway", "proxy");

    @ArchTest
    static final ArchRule packages_haveNoCycles = slices().matching("io.sandgate.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule jgroups_isSeenByMembershipOnly = noClasses().that()
            .resideOutsideOfPackage("io.sandgate.membership..").should().dependOnClassesThat()
            .resideInAPackage("org.jgroups..");

    @ArchTest
    static final ArchRule bouncyCastle_writesCertificatesOnly = noClasses().that()
            .resideOutsideOfPackage("io.sandgate.membership.trust").should().dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule httpServers_areSeenByForwardAndApiOnly = noClasses().that()
            .resideOutsideOfPackages("io.sandgate.proxy.forward..", "io.sandgate.api..").should().dependOnClassesThat()
            .haveNameMatching("io\\.vertx\\.core\\.http\\.HttpServer.*|io\\.vertx\\.ext\\.web\\.(?!client|codec).*");

    @ArchTest
    static final ArchRule membership_knowsNoHttp = noClasses().that().resideInAPackage("io.sandgate.membership..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.vertx..", "java.net.http..", "com.sun.net.httpserver.."));

    @ArchTest
    static final ArchRule routeTable_isPure = noClasses().that().resideInAPackage("io.sandgate.proxy.route..").should()
            .dependOnClassesThat(resideInAnyPackage("io.vertx..", "io.netty..", "org.slf4j..", "java.nio.channels.."));

    /// The places made for it: the composition root and the command line pass the clocks in.
    @ArchTest
    static final ArchRule clock_isPassedIn = noClasses().that()
            .resideOutsideOfPackages("io.sandgate.api", "io.sandgate.api.cli..").should()
            .callMethod(System.class, "currentTimeMillis").orShould().callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule nobody_sleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class).orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class);

    @ArchTest
    static final ArchRule onlyTheCommandLine_exits = noClasses().that(resideInAPackage("io.sandgate.."))
            .and().resideOutsideOfPackages("io.sandgate.api", "io.sandgate.api.cli..").should()
            .callMethod(System.class, "exit", int.class);
}
