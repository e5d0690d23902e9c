/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcurl has one code for every bad certificate: what OpenSSL thought of it tells them apart. */
#include "worker/fault.h"

#include <stddef.h>

#include "base/slice.h"

/* ERR_NET is worth another try; ERR_PROTO stays as it is until a person mends it. */
struct words {
	const char *text, *mend;
	enum err_code code;
};

static const struct words stale = {"the vendor's certificate is not valid at this machine's time", "check this machine's clock: if it is right, the vendor's certificate is not", ERR_PROTO};
static const struct words issuer = {"the vendor's certificate comes from an authority that this machine does not know",
	"check the base URL; a company's own CA is the setting ca_file", ERR_PROTO};
static const struct words other_host = {"the vendor's certificate is for another host", "check the base URL: something else may be answering there", ERR_PROTO};

/* What OpenSSL found (X509_V_ERR_...; the numbers are part of its ABI). With a failed
 * verification 0, or what libcurl begins with (1), means that the chain is good and
 * the name is not. */
static const struct {
	long verdict;
	const struct words *words;
} verdicts[] = {
	{0, &other_host}, {1, &other_host}, {62, &other_host}, {64, &other_host},
	{9, &stale}, {10, &stale},
	{18, &issuer}, {19, &issuer}, {20, &issuer}, {21, &issuer}, {2, &issuer},
};

static const struct {
	CURLcode code;
	struct words words;
} faults[] = {
	{CURLE_COULDNT_RESOLVE_HOST, {"the vendor's name could not be resolved (DNS)", "check the network and the base URL", ERR_NET}},
	{CURLE_COULDNT_RESOLVE_PROXY, {"the proxy's name could not be resolved (DNS)", "check the setting proxy", ERR_NET}},
	{CURLE_COULDNT_CONNECT, {"the vendor could not be reached: nothing accepts the connection", "check the network and the base URL", ERR_NET}},
	{CURLE_SSL_CONNECT_ERROR, {"no secure connection could be made (TLS)", "check the base URL: what answers there speaks no TLS that is good enough", ERR_PROTO}},
	{CURLE_PEER_FAILED_VERIFICATION, {"the vendor's certificate was not accepted", "check the base URL and this machine's clock", ERR_PROTO}},
	{CURLE_SSL_CACERT_BADFILE, {"the certificates of this machine could not be read", "install ca-certificates, or mend the setting ca_file", ERR_PROTO}},
	{CURLE_OPERATION_TIMEDOUT, {"the vendor did not answer in time", "try again later", ERR_NET}},
	{CURLE_GOT_NOTHING, {"the vendor closed the line without an answer", "try again later", ERR_NET}},
	{CURLE_PARTIAL_FILE, {"the answer was cut off", "try again later", ERR_NET}},
	{CURLE_RECV_ERROR, {"the line to the vendor broke while it answered", "try again later", ERR_NET}},
	{CURLE_SEND_ERROR, {"the line to the vendor broke while asking", "try again later", ERR_NET}},
	{(CURLcode)100 /* CURLE_TOO_LARGE, from 8.6 on */, {"the answer's headers are too long", "check the base URL", ERR_PROTO}},
	{CURLE_OUT_OF_MEMORY, {"the answer's headers are too long", "check the base URL", ERR_PROTO}},
	{CURLE_WEIRD_SERVER_REPLY, {"what answered does not speak HTTP", "check the base URL", ERR_PROTO}},
	{CURLE_UNSUPPORTED_PROTOCOL, {"what answered does not speak HTTP", "check the base URL", ERR_PROTO}},
	{CURLE_BAD_CONTENT_ENCODING, {"the answer is packed, and nobody asked for that", "check the base URL", ERR_PROTO}},
};

static void say(struct err *e, const struct words *w)
{
	err_set(e, w->code, "%s", w->text);
	err_mend(e, w->code, "%s", w->mend);
}

void fault_describe(CURL *easy, CURLcode code, struct err *e)
{
	long verdict = 0;
	size_t i;

	if (code == CURLE_PEER_FAILED_VERIFICATION && curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verdict) == CURLE_OK)
		for (i = 0; i < LENGTH(verdicts); i++)
			if (verdicts[i].verdict == verdict) {
				say(e, verdicts[i].words);
				return;
			}
	for (i = 0; i < LENGTH(faults); i++)
		if (faults[i].code == code) {
			say(e, &faults[i].words);
			return;
		}
	/* libcurl's own words hold no header and no body */
	err_set(e, ERR_NET, "the request failed: %s", curl_easy_strerror(code));
}
