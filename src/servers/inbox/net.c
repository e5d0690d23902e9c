/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/net.h"

enum err_code net_explain(CURLcode rc, const char *words, struct err *e)
{
	if (rc == CURLE_LOGIN_DENIED || rc == CURLE_AUTH_ERROR) {
		err_set(e, ERR_AUTH, "the mail server does not take this user and secret");
		return err_mend(e, ERR_AUTH, "give it again (claviger connector secret), or see whether the server takes no more connections");
	}
	if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_USE_SSL_FAILED || rc == CURLE_SSL_CACERT_BADFILE) {
		err_set(e, ERR_AUTH, "the mail server cannot be trusted: %.160s", words[0] != '\0' ? words : curl_easy_strerror(rc));
		return err_mend(e, ERR_AUTH, "its certificate must be for that name and by an authority that is trusted here, or in --ca-file");
	}
	return err_set(e, ERR_NET, "the mail server cannot be reached: %.160s", words[0] != '\0' ? words : curl_easy_strerror(rc));
}

void net_prepare(CURL *c, const struct inbox_config *cfg, const struct secret *secret, long connect_ms)
{
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (cfg->ca_file != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, cfg->ca_file);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "imap,imaps,smtp,smtps");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
	curl_easy_setopt(c, CURLOPT_USERNAME, cfg->user);
	curl_easy_setopt(c, cfg->is_oauth ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, secret->p);
	curl_easy_setopt(c, CURLOPT_SASL_IR, 1L);
}
