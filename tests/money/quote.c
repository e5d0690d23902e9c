/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quote BOOK... - price lines from standard input, so that others' arithmetic can be
 * held against ours by the million. A line: vendor, model, tier, region, at (microseconds),
 * month (pico-dollars) and the eight buckets, with blanks between them. The answer:
 * total, 1 if something is unpriced, 1 if it does not fit, and the buckets' amounts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "money/book.h"

static bool read_line(char *text, char vendor[BOOK_NAME], struct usage_line *line, struct price_time *when)
{
	char tier[16], region[16], model[USAGE_MODEL];
	int at = 0, b;

	*line = (struct usage_line){.tier = SERVICE_STANDARD};
	if (sscanf(text, "%31s %127s %15s %15s %" SCNd64 " %" SCNd64 "%n", vendor, model, tier, region, &when->at_us, &when->month_pd, &at) != 6)
		return false;
	usage_line_set_model(line, model, strlen(model));
	line->region = strcmp(region, "regional") == 0 ? REGION_LOCAL : REGION_GLOBAL;
	text += at;
	for (b = 0; b < BUCKETS; b++)
		line->u.n[b] = strtoll(text, &text, 10);
	return service_tier_from_name(tier, &line->tier);
}

static int answer(const struct book *b)
{
	char text[512], vendor[BOOK_NAME];

	while (fgets(text, sizeof text, stdin) != NULL) {
		struct usage_list l = {.count = 0};
		struct usage_line line;
		struct price_time when;
		struct quote q;
		int i;

		if (!read_line(text, vendor, &line, &when)) {
			fprintf(stderr, "quote: no such line: %s", text);
			return 1;
		}
		usage_list_add(&l, &line);
		price_usage(b, vendor, &l, when, &q);
		printf("%" PRId64 " %d %d", q.total_pico, q.is_unpriced, q.is_over);
		for (i = 0; i < BUCKETS; i++)
			printf(" %" PRId64, q.line[0].pico[i]);
		putchar('\n');
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct book *b = book_new();
	struct buf text;
	struct err e = {0};
	int i, status = 0;

	buf_init(&text, 0);
	for (i = 1; i < argc && status == 0; i++) {
		buf_clear(&text);
		if (file_read(argv[i], &text, &e) != ERR_OK || book_parse(b, buf_slice(&text), &e) != ERR_OK) {
			fprintf(stderr, "quote: %s: %s\n", argv[i], e.text);
			status = 1;
		}
	}
	if (status == 0)
		status = answer(b);
	buf_release(&text);
	book_free(b);
	return status;
}
