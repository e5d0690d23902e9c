/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Begins as claviger does, then uses the libraries that obey the environment. Prints
 * what the kernel shows of its environment and what a child would get. Run by env.sh. */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/random.h"

static int show(const char *title, const char *text, size_t n)
{
	size_t i;

	printf("%s:", title);
	for (i = 0; i < n; i++)
		putchar(text[i] != '\0' ? text[i] : ' ');
	putchar('\n');
	return ferror(stdout);
}

int main(void)
{
	static char shown[65536];
	struct err e = {0};
	char bytes[16], **child;
	CURL *c;
	FILE *f;
	size_t n, i;

	memory_harden();
	if (memory_secure_init(&e) != ERR_OK) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	env_scrub();
	env_forget();

	random_bytes(bytes, sizeof bytes);
	(void)hash_bytes(bytes, sizeof bytes);
	curl_global_init(CURL_GLOBAL_ALL);
	c = curl_easy_init();
	if (c != NULL) {	/* nobody listens there: what matters is where it tries to go */
		curl_easy_setopt(c, CURLOPT_URL, "https://127.0.0.1:1/");
		curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, 500L);
		printf("connect:%s\n", curl_easy_perform(c) == CURLE_COULDNT_CONNECT ? "refused" : "went elsewhere");
		curl_easy_cleanup(c);
	}
	curl_global_cleanup();

	f = fopen("/proc/self/environ", "re");
	n = f != NULL ? fread(shown, 1, sizeof shown, f) : 0;
	if (f != NULL)
		fclose(f);
	show("kernel", shown, n);
	child = env_minimal(NULL, NULL);
	for (i = 0; child[i] != NULL; i++)
		show("child", child[i], strlen(child[i]));
	env_free(child);
	for (i = 0; env_stray_keys()[i] != NULL; i++)
		show("stray", env_stray_keys()[i], strlen(env_stray_keys()[i]));
	return 0;
}
