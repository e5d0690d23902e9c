/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A diff as an agent writes it: the strict reader takes it or refuses it in words. What it
 * takes, the person's preview reads the same way, and so does git: a diff that means one
 * thing to one of them and another to the other could be approved for what it is not. */
#include "fuzz/fuzz.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/spawn.h"
#include "model/approval.h"
#include "office/preview.h"
#include "servers/codebase/diff.h"

#define GIT_EVERY 64	/* starting git takes as long as a thousand diffs */

static void must(bool holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "not so: %s\n", what);
		abort();
	}
}

static void path_may_be_touched(const char *path)
{
	must(path == NULL || diff_path_fault(path) == NULL, "a path may be touched");
}

/* A payload holds text: what is no UTF-8 never comes so far. */
static void the_preview_agrees(const struct diff *d, const char *text, size_t len, int64_t insertions, int64_t deletions)
{
	struct approval a = {.kind = APPROVAL_ACTION, .effect = EFFECT_WRITE};
	struct preview p;
	struct json_out j;
	struct err e = {0};
	struct buf b;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "title", "t");
	json_put_slice(&j, "diff", slice_make(text, len));
	json_close(&j, '}');
	a.payload = b.p;
	a.payload_len = b.len;
	if (preview_make(&a, &p, &e) == ERR_OK) {
		/* a payload without a hunk is not shown as a patch, but as what it is */
		if (insertions + deletions > 0)
			must(p.added == insertions && p.removed == deletions, "the preview counts the same lines");
		must((size_t)p.files <= d->count, "the preview names no more files");
		preview_release(&p);
	}
	buf_release(&b);
}

static const struct diff_file *file_of(const struct diff *d, const char *path)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		if ((d->files[i].new_path != NULL && strcmp(d->files[i].new_path, path) == 0) || (d->files[i].old_path != NULL && strcmp(d->files[i].old_path, path) == 0))
			return &d->files[i];
	return NULL;
}

/* What git would do with it, if it would: only to files that we know of. */
static void git_agrees(const struct diff *d, struct slice text)
{
	static const char *const argv[] = {"/usr/bin/git", "apply", "--numstat", "-z", "-p1", NULL};
	static const char *const env[] = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES=/", "LC_ALL=C", NULL};
	struct spawn_spec spec = {.argv = argv, .env = env};
	struct spawn_result r = {.status = -1};
	const char *p, *end;

	if (spawn_run(&spec, text, &r, 20 * US_PER_S, NULL) == ERR_OK && r.status == 0 && !r.is_cut) {
		end = buf_text(&r.out) + r.out.len;
		for (p = buf_text(&r.out); p < end; p += strlen(p) + 1) {
			const char *tab = strchr(p, '\t'), *path = tab != NULL ? strchr(tab + 1, '\t') : NULL;

			must(path != NULL && file_of(d, path + 1) != NULL, "git touches only files that were read here");
			must(*p != '-', "git takes it for text");
		}
	}
	buf_release(&r.out);
	buf_release(&r.err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned taken;
	int64_t insertions = 0, deletions = 0;
	struct slice text;
	struct err e = {0};
	struct diff d;
	size_t i;

	if (size < 1)
		return 0;
	text = slice_make(data + 1, size - 1);
	if (diff_read(&d, text, &e) != ERR_OK) {
		must(e.text[0] != '\0' && d.count == 0, "a refusal says why, and leaves nothing");
		return 0;
	}
	must(d.count > 0 && d.count <= DIFF_FILES_MAX, "a diff names files");
	for (i = 0; i < d.count; i++) {
		must(d.files[i].old_path != NULL || d.files[i].new_path != NULL, "a file has a name");
		path_may_be_touched(d.files[i].old_path);
		path_may_be_touched(d.files[i].new_path);
		insertions += d.files[i].insertions;
		deletions += d.files[i].deletions;
	}
	the_preview_agrees(&d, (const char *)text.p, text.len, insertions, deletions);
	if (taken++ % GIT_EVERY == 0)
		git_agrees(&d, text);
	diff_release(&d);
	return 0;
}
