/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program with the wiping free() in it, as claviger is: looks at blocks after they
 * were freed. Run by tests/base/wipe.sh. Prints what failed; 0 if nothing did. */
#include <curl/curl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 200
#define LISTS 16	/* glibc keeps its own pointers in the first bytes of a free block */

static int failures;

static void check(int ok, const char *what)
{
	if (!ok) {
		printf("failed: %s\n", what);
		failures++;
	}
}

/* Whether the marker is still to be seen at an address that was freed. The
 * address goes through an integer: the compiler must not reason about it. */
static int shows(volatile uintptr_t at, char marker)
{
	const volatile char *p = (const volatile char *)at;
	int i, seen = 0;

	for (i = LISTS; i < SIZE; i++)
		seen += p[i] == marker;
	return seen > 0;
}

static char *marked(char *p, char marker)
{
	if (p == NULL)
		abort();
	memset(p, marker, SIZE);
	p[SIZE - 1] = '\0';
	return p;
}

static void own_blocks(void)
{
	char *a = marked(malloc(SIZE), 'A'), *b = NULL, *kept;
	volatile uintptr_t was = (uintptr_t)a;
	volatile size_t huge = SIZE_MAX / 2;	/* the compiler knows the answer otherwise */
	void *aligned = NULL, *none;

	free(a);
	check(!shows(was, 'A'), "free wipes what malloc gave");

	b = marked(calloc(1, SIZE), 'B');
	was = (uintptr_t)b;
	kept = realloc(b, 100 * SIZE);
	check(kept != NULL && (uintptr_t)kept != was && kept[SIZE / 2] == 'B', "realloc keeps the bytes");
	check(!shows(was, 'B'), "realloc wipes the old block");
	was = (uintptr_t)kept;
	kept = realloc(kept, SIZE / 2);
	check(kept != NULL && kept[SIZE / 2 - 1] == 'B', "realloc keeps what is left when shrinking");
	check((uintptr_t)kept == was || !shows(was, 'B'), "realloc wipes when shrinking");
	free(kept);

	check(posix_memalign(&aligned, 4096, SIZE) == 0, "posix_memalign");
	was = (uintptr_t)marked(aligned, 'C');
	free(aligned);
	check(!shows(was, 'C'), "free wipes what posix_memalign gave");

	kept = marked(reallocarray(NULL, 2, SIZE), 'D');
	was = (uintptr_t)kept;
	kept = reallocarray(kept, 200, SIZE);
	check(!shows(was, 'D'), "reallocarray wipes the old block");
	none = reallocarray(NULL, huge, 3);
	check(none == NULL, "reallocarray sees an overflow");
	free(none);
	free(kept);
}

/* The blocks that matter are freed inside other people's libraries. */
static void library_blocks(void)
{
	char text[SIZE];
	struct curl_slist *list = curl_slist_append(NULL, marked(text, 'E'));
	volatile uintptr_t was = list != NULL ? (uintptr_t)list->data : 0;
	FILE *f;
	char *line = NULL;
	size_t room = 0;

	check(was != 0 && shows(was, 'E'), "libcurl made a copy");
	curl_slist_free_all(list);
	check(was != 0 && !shows(was, 'E'), "a free inside libcurl wipes");

	line = OPENSSL_malloc(SIZE);
	was = (uintptr_t)marked(line, 'F');
	OPENSSL_free(line);
	check(!shows(was, 'F'), "a free inside libcrypto wipes");

	line = NULL;
	f = fmemopen(marked(text, 'G'), SIZE - 1, "r");
	check(f != NULL && getline(&line, &room, f) == SIZE - 1, "getline reads");
	was = (uintptr_t)line;
	free(line);
	if (f != NULL)
		fclose(f);
	check(!shows(was, 'G'), "a line that stdio allocated is wiped");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	own_blocks();
	library_blocks();
	return failures > 0;
}
