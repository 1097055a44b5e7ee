#include "wire/http/http.h"

#include <microhttpd.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A server on 127.0.0.1 whose certificate nobody but the test has signed. */
static struct MHD_Daemon *server;
static unsigned port;
static char *key_pem;
static char *certificate_pem;
static char ca_file[] = "/tmp/http_tls_test.XXXXXX";

static char *take_text(BIO *memory)
{
    char *bytes;
    long length = BIO_get_mem_data(memory, &bytes);
    char *text = strndup(bytes, (size_t)length);
    BIO_free(memory);
    return text;
}

static void make_certificate(const char *address)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, address);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    X509_add_ext(certificate, names, -1);
    X509_sign(certificate, key, EVP_sha256());

    BIO *key_text = BIO_new(BIO_s_mem());
    BIO *certificate_text = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_X509(certificate_text, certificate);
    key_pem = take_text(key_text);
    certificate_pem = take_text(certificate_text);
    X509_EXTENSION_free(names);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_length, void **request)
{
    (void)context;
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_length;
    (void)request;
    struct MHD_Response *response = MHD_create_response_from_buffer(4, "safe", MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

static int serve_as(const char *address)
{
    make_certificate(address);
    server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL, answer, NULL,
                              MHD_OPTION_HTTPS_MEM_KEY, key_pem, MHD_OPTION_HTTPS_MEM_CERT, certificate_pem,
                              MHD_OPTION_END);
    port = server ? MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port : 0;

    strcpy(ca_file + strlen(ca_file) - 6, "XXXXXX");
    int fd = mkstemp(ca_file);
    ssize_t written = write(fd, certificate_pem, strlen(certificate_pem));
    close(fd);
    return server && written > 0 ? 0 : -1;
}

static int set_up(void **state)
{
    (void)state;
    return serve_as("IP:127.0.0.1");
}

static int set_up_other_name(void **state)
{
    (void)state;
    return serve_as("DNS:other.example");
}

static int tear_down(void **state)
{
    (void)state;
    MHD_stop_daemon(server);
    unlink(ca_file);
    free(key_pem);
    free(certificate_pem);
    return 0;
}

static bool fetch(const char *trusted, struct http_response *response, struct err *err)
{
    char url[64];
    struct http_options options = {.ca_file = trusted};
    struct http_client *client = http_client_make(&options, err);
    struct http_request request = {.url = url, .max_bytes = 1000};
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", port);
    bool answered = http_send(client, &request, response, err);
    http_client_release(client);
    return answered;
}

static void a_certificate_that_ca_file_names_is_trusted(void **state)
{
    (void)state;
    struct err err;
    SCOPED(http_response) struct http_response response;
    if (!fetch(ca_file, &response, &err))
        fail_msg("%s", err.text);
    assert_string_equal(buf_text(&response.body), "safe");
}

static void an_unknown_certificate_is_refused_with_a_hint(void **state)
{
    (void)state;
    struct err err;
    SCOPED(http_response) struct http_response response;
    assert_false(fetch(NULL, &response, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
    assert_non_null(strstr(err.text, "certificate"));
    assert_non_null(strstr(err.hint, "api.ca_file"));
}

static void a_certificate_of_another_host_is_refused(void **state)
{
    (void)state;
    struct err err;
    SCOPED(http_response) struct http_response response;
    assert_false(fetch(ca_file, &response, &err));
    assert_int_equal(err.kind, ERR_UNAVAILABLE);
}

static void a_ca_file_that_cannot_be_read_is_a_setting_to_correct(void **state)
{
    (void)state;
    struct err err;
    SCOPED(http_response) struct http_response response;
    assert_false(fetch("/nonexistent/ca.pem", &response, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.hint, "api.ca_file"));
}

int main(void)
{
    unsetenv("https_proxy");
    unsetenv("HTTPS_PROXY");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_certificate_that_ca_file_names_is_trusted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_certificate_is_refused_with_a_hint, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_certificate_of_another_host_is_refused, set_up_other_name,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_ca_file_that_cannot_be_read_is_a_setting_to_correct, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
