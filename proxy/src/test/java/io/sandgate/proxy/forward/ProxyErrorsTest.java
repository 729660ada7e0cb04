package io.sandgate.proxy.forward;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProxyErrorsTest {

    @Test
    void json_eachKind_isAsE2bAnswers() {
        assertThat(ProxyErrors.json(Refusal.notFound("abc")))
                .isEqualTo("{\"sandboxId\":\"abc\",\"message\":\"The sandbox was not found\",\"code\":502}");
        assertThat(ProxyErrors.json(Refusal.portClosed("abc", 3210)))
                .isEqualTo("{\"sandboxId\":\"abc\",\"message\":\"The sandbox is running but port is not open\","
                        + "\"port\":3210,\"code\":502}");
        assertThat(ProxyErrors.json(new Refusal(429, Refusal.Reason.SANDBOX_FULL, "full", "abc", 0, 7, "")))
                .isEqualTo("{\"sandboxId\":\"abc\",\"message\":\"full\",\"connectionLimit\":7,\"code\":429}");
        assertThat(ProxyErrors.json(Refusal.controlPath("abc", 49_983, "/init")))
                .isEqualTo("{\"sandboxId\":\"abc\",\"message\":\"This endpoint is reserved for the control plane\","
                        + "\"port\":49983,\"path\":\"/init\",\"code\":404}");
    }

    @Test
    void json_anyText_isEscaped() {
        assertThat(ProxyErrors.json(Refusal.malformed("a\"b\\c\n\u0001\ud800")))
                .isEqualTo("{\"message\":\"a\\\"b\\\\c\\u000a\\u0001\\ud800\",\"code\":400}");
    }

    @ParameterizedTest
    @EnumSource
    void page_anyReason_isOneEscapedPageWithoutOutsideAssets(Refusal.Reason reason) {
        String page = ProxyErrors.page(new Refusal(502, reason, "<script>'\"&%s", "<i>", 80, 3, "/<p>"));
        assertThat(page).contains("&lt;script&gt;&#39;&quot;&amp;%s", "<dd>&lt;i&gt;</dd>", "<dd>80</dd>")
                .contains("prefers-color-scheme: dark").doesNotContain("<script", "<i>", "http:", "https:", "url(");
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"Mozilla/5.0 (X11) Chrome/140,-,-,-,true",
            "Mozilla/5.0,'text/html,*/*',navigate,-,true", "Mozilla/5.0,'text/html,application/json',-,-,true",
            "Mozilla/5.0,*/*,-,-,true", "Mozilla/5.0,application/json,-,-,false", "Mozilla/5.0,*/*,cors,-,false",
            "Mozilla/5.0,*/*,no-cors,-,false", "Mozilla/5.0,*/*,same-origin,-,false", "Mozilla/5.0,-,websocket,-,false",
            "Mozilla/5.0,text/html,-,XMLHttpRequest,false", "curl/8.5,*/*,-,-,false", "-,text/html,-,-,false",
            "e2b-js-sdk/2.51.0,*/*,cors,-,false", "node,text/html,-,-,false"})
    void wantsPage_requests_isTrueForNavigationOnly(@Nullable String agent, @Nullable String accept,
            @Nullable String mode, @Nullable String with, boolean expected) {
        assertThat(Navigation.wantsPage(agent, accept, mode, with)).isEqualTo(expected);
    }
}
