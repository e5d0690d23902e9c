/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transcript.h - writes down what a decoder says, one line an event. */
#ifndef TESTS_VENDOR_TRANSCRIPT_H
#define TESTS_VENDOR_TRANSCRIPT_H

#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"
#include "vendor/vendor.h"

static inline void transcript_usage(struct buf *out, const struct usage_list *l)
{
	size_t i, b;

	for (i = 0; i < l->count; i++) {
		const struct usage_line *line = &l->line[i];

		buf_addf(out, "usage %s%s%s%s%s", line->model, line->tier != SERVICE_STANDARD ? " " : "",
		    line->tier != SERVICE_STANDARD ? service_tier_names[line->tier] : "", line->region == REGION_LOCAL ? " regional" : "",
		    line->is_estimated ? " estimated" : "");
		for (b = 0; b < BUCKETS; b++)
			if (line->u.n[b] != 0)
				buf_addf(out, " %s=%" PRId64, bucket_names[b], line->u.n[b]);
		buf_addc(out, '\n');
	}
}

static inline enum err_code transcript_note(void *user, const struct reply_event *ev)
{
	static const char *const names[REPLY_KINDS] = {"started", "text", "thinking", "tool", "input", "call", "opaque", "end", "usage", "stop", "error"};
	struct buf *out = user;

	if (ev->kind == REPLY_USAGE) {
		transcript_usage(out, ev->usage);
		return ERR_OK;
	}
	buf_adds(out, names[ev->kind]);
	if (ev->kind == REPLY_STOP)
		buf_addf(out, " %s", stop_reason_names[ev->stop]);
	if (ev->kind == REPLY_ERROR)
		buf_addf(out, " %s", trouble_names[ev->trouble]);
	if (ev->id.len > 0)
		buf_addf(out, " %.*s", (int)ev->id.len, ev->id.p);
	if (ev->name.len > 0)
		buf_addf(out, " %.*s", (int)ev->name.len, ev->name.p);
	if (ev->text.len > 0) {
		buf_addc(out, ' ');
		json_quote(out, ev->text);
	}
	buf_addc(out, '\n');
	return ERR_OK;
}

/* Feed the pieces to a fresh decoder; the last line is how it ended. */
static inline void transcript_run(const struct vendor *v, bool is_stream, const struct slice *cut, size_t count, struct buf *out)
{
	struct decoder *d = v->decoder_new(&(struct vendor_asked){.model = "asked", .input_tokens = 1000, .is_stream = is_stream}, transcript_note, out);
	enum err_code code = ERR_OK;
	size_t i;

	for (i = 0; i < count && code == ERR_OK; i++)
		code = v->feed(d, cut[i].p, cut[i].len, NULL);
	if (code == ERR_OK)
		code = v->end(d, NULL);
	buf_addf(out, "-- %s\n", err_name(code));
	v->decoder_free(d);
}

#endif
