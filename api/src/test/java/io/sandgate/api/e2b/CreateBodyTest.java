package io.sandgate.api.e2b;

import io.sandgate.sandbox.CreateSandbox;
import io.sandgate.sandbox.Sandbox.OnTimeout;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CreateBodyTest {
    private static final List<TemplateInfo> TEMPLATES = List.of(new TemplateInfo("web", 1, 1, 1),
            new TemplateInfo("base", 1, 1, 1));

    private final CreateBody create = new CreateBody(() -> TEMPLATES,
            new Timeouts(Duration.ofMinutes(5), Duration.ofHours(24)));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"'timeout':0|Timeout must be greater than 0",
            "'timeout':-5|Timeout must be greater than 0", "'timeout':86401|Timeout cannot be greater than 24 hours",
            "'timeout':1e30|timeout", "'timeout':1.5|timeout", "'timeout':'60'|timeout",
            "'timeout':123456789012345678901234567890|24 hours", "'autoPause':'yes'|autoPause",
            "'metadata':[]|metadata", "'metadata':{'a':1}|metadata.a", "'metadata':{'':'x'}|metadata",
            "'envVars':'A=1'|envVars", "'envVars':{'A-B':'x'}|A-B", "'envVars':{'1A':'x'}|1A",
            "'envVars':{'A':null}|envVars.A", "'envVars':{'A':'\\u0000'}|envVars", "'network':[]|network",
            "'network':{'maskRequestHost':7}|maskRequestHost",
            "'network':{'allowOut':['10.0.0.0/8']}|network.allowOut: 10.0.0.0/8",
            "'network':{'allowOut':['8.8.8.8',7]}|network.allowOut",
            "'network':{'allowOut':'8.8.8.8'}|network.allowOut",
            "'network':{'denyOut':['8.8.8.8','1.2.3']}|network.denyOut: 1.2.3",
            "'network':{'denyOut':{}}|network.denyOut",
            "'network':{'denyOut':['a.example']}|network.denyOut: a.example",
            "'network':{'allowOut':['*.a.example']}|network.allowOut: *.a.example",
            "'network':{'allowOut':['a.*.example'],'denyOut':['0.0.0.0/0']}|network.allowOut: a.*.example",
            "'network':{'allowPublicTraffic':false}|network.allowPublicTraffic",
            "'network':{'maskRequestHost':'a b'}|network.maskRequestHost",
            "'autoResume':true|autoResume", "'autoResume':{'enabled':1}|autoResume", "'secure':1|secure",
            "'volumeMounts':{}|volumeMounts", "'autoPauseMemory':false|autoPauseMemory",
            "'autoPause':true,'autoPauseMemory':false,'autoResume':{'enabled':true}|autoPauseMemory"})
    void parse_badMember_is400AndNamesIt(String member, String words) {
        refused(400, "{\"templateID\":\"base\"," + member.replace('\'', '"') + "}", words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "'network':{'rules':{'a.example':[{'transform':{'headers':{'A':'b'}}}]}}|network.rules",
            "'network':{'egressProxy':{'address':'p:1'}}|network.egressProxy",
            "'network':{'httpsPorts':[443]}|network.httpsPorts",
            "'mcp':{'browser':{'key':'x'}}|mcp", "'volumeMounts':[{'name':'v','path':'/v'}]|volumeMounts",
            "'iam':{'tokens':['x']}|iam"})
    void parse_whatIsNotOffered_is501AndNamesIt(String member, String words) {
        refused(501, "{\"templateID\":\"base\"," + member.replace('\'', '"') + "}", words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "", "{\"templateID\":null}", "{\"templateID\":7}"})
    void parse_noTemplate_is400(String body) {
        refused(400, body, "templateID");
    }

    @Test
    void unknown_namesTheKnownOnes() {
        assertThat(create.unknown("nope").getMessage()).contains("nope", "expected: one of base, web, or a snapshot");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"|KILL", ",'autoPause':true|PAUSE",
            ",'autoPause':true,'autoPauseMemory':true,'autoResume':{'enabled':true}|PAUSE",
            ",'autoPause':true,'autoPauseMemory':false|STOP"})
    void parse_autoPause_saysWhatHappensOnTimeout(@Nullable String members, OnTimeout expected) {
        String body = "{'templateID':'base'" + (members == null ? "" : members) + "}";

        assertThat(parse(Buffer.buffer(body.replace('\'', '"'))).onTimeout()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"templateID\":\"base\"}x", "nonsense", "{'templateID':'base'}", "\u0001"})
    void parse_noJson_is400(String body) {
        refused(400, body, "not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"x\"", "null", "7"})
    void parse_noObject_is400(String body) {
        refused(400, body, "not a JSON object");
    }

    @Test
    void parse_invalidUtf8_is400() {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> parse(Buffer.buffer(new byte[]{'{', '"', (byte) 0xff, '"', ':', '1', '}'})))
                .satisfies(e -> assertThat(e.status()).isEqualTo(400));
    }

    @Test
    void parse_deeplyNested_is400() {
        refused(400, "{\"x\":" + "[".repeat(100_000), "not valid JSON");
    }

    @Test
    void parse_badEnvironment_doesNotRepeatTheValue() {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> parse(Buffer.buffer("{\"templateID\":\"base\",\"envVars\":{\"A B\":\"hunter2\"}}")))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void parse_tooManyEntries_is400() {
        String entries = IntStream.range(0, 129).mapToObj(i -> "\"k" + i + "\":\"v\"").collect(Collectors.joining(","));
        refused(400, "{\"templateID\":\"base\",\"metadata\":{" + entries + "}}",
                "129 entries (expected: 128 or fewer)");
        refused(400, "{\"templateID\":\"base\",\"metadata\":{\"k\":\"" + "x".repeat(4_097) + "\"}}", "4097 characters");
    }

    @Test
    void parse_oddMaximum_isNamedInSeconds() {
        CreateBody strict = new CreateBody(() -> TEMPLATES,
                new Timeouts(Duration.ofMinutes(1), Duration.ofSeconds(90)));

        assertThatExceptionOfType(ApiException.class).isThrownBy(() -> strict.parse(
                new ApiRequest("o", "r", "", "", Buffer.buffer("{\"templateID\":\"base\",\"timeout\":91}")), 15,
                false))
                .withMessageContaining("greater than 90 seconds");
    }

    private void refused(int status, String body, String words) {
        assertThatExceptionOfType(ApiException.class).as(body).isThrownBy(() -> parse(Buffer.buffer(body)))
                .withMessageContaining(words).satisfies(e -> assertThat(e.status()).isEqualTo(status));
    }

    private CreateSandbox parse(Buffer body) {
        return create.parse(new ApiRequest("owner", "r", "", "", body), 15, false);
    }
}
