/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target over the files of its corpus, each with several cuts and
 * with bytes changed here and there: what make check does without libFuzzer. */
#include <dirent.h>
#include <stdio.h>

#include "base/file.h"
#include "base/memory.h"
#include "fuzz/fuzz.h"

#define ROUNDS 64

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13, *x ^= *x >> 7, *x ^= *x << 17;
	return *x;
}

static void replay(const char *path)
{
	uint64_t x = 88172645463325252u;
	struct buf bytes;
	uint8_t *data;
	int round;

	buf_init(&bytes, (size_t)1 << 20);
	if (file_read(path, &bytes, NULL) != ERR_OK)
		exit(1);
	data = xmalloc(bytes.len + 1);
	for (round = 0; round < ROUNDS; round++) {
		int changes = round < 4 ? 0 : 1 + round % 3;

		data[0] = (uint8_t)next(&x);
		if (bytes.len > 0)
			memcpy(data + 1, bytes.p, bytes.len);
		while (changes-- > 0 && bytes.len > 0)
			data[1 + next(&x) % bytes.len] = (uint8_t)next(&x);
		LLVMFuzzerTestOneInput(data, bytes.len + 1);
	}
	free(data);
	buf_release(&bytes);
}

int main(void)
{
	DIR *dir = opendir(TOP_SRCDIR "/" CORPUS);
	struct dirent *entry;
	int n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[1024];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", TOP_SRCDIR "/" CORPUS, entry->d_name);
		replay(path);
		n++;
	}
	if (dir != NULL)
		closedir(dir);
	printf("%d inputs of %s replayed, %d times each\n", n, CORPUS, ROUNDS);
	return n > 0 ? 0 : 1;
}
