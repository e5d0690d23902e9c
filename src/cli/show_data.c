/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `data show` for people: a block for each key, then what is here. */
#include "cli/private.h"

#include <string.h>

static void show_limit(struct buf *out, const cJSON *l)
{
	const char *of = json_text(l, "of");
	int64_t limit = 0, left = 0;

	(void)json_int(l, "remaining", &left);
	if (json_int(l, "limit", &limit))
		say_addf(out, _("  limit: %lld of %lld %s left, when it last answered"), (long long)left, (long long)limit, of != NULL ? of : "");
	else
		say_addf(out, _("  limit: %lld %s left, when it last answered"), (long long)left, of != NULL ? of : "");
	buf_addc(out, '\n');
}

static void show_reports(struct buf *out, const cJSON *r)
{
	const char *tier = json_text(r, "service_tier"), *trouble = json_text(r, "trouble_text");
	const cJSON *l;

	if (tier != NULL) {
		say_addf(out, _("  it served us as: %s"), tier);
		buf_addc(out, '\n');
	}
	cJSON_ArrayForEach(l, json_array(r, "limits"))
		show_limit(out, l);
	if (trouble != NULL) {
		say_addf(out, _("  its last trouble with us: %s"), trouble);
		buf_addc(out, '\n');
	}
}

static void show_one(struct buf *out, const cJSON *v)
{
	static const struct {
		const char *name, *words;
	} says[] = {{"sent", N_("sent")}, {"metadata", N_("besides that")}, {"shortening", N_("long reading")}, {"host", N_("to")}, {"worked_on_in", N_("worked on")}, {"retention", N_("about keeping it")}};
	const char *key = json_text(v, "key"), *vendor = json_text(v, "vendor"), *api = json_text(v, "api");
	size_t i;

	buf_addc(out, '\n');
	say_addf(out, _("key %s, %s by %s"), key != NULL ? key : "", vendor != NULL ? vendor : "", api != NULL ? api : "?");
	buf_addc(out, '\n');
	for (i = 0; i < LENGTH(says); i++) {
		const char *text = json_text(v, says[i].name);

		if (text == NULL)
			continue;
		say_addf(out, "  %s: %s", _(says[i].words), text);
		buf_addc(out, '\n');
	}
	show_reports(out, json_object(v, "vendor_reports"));
}

void show_data(struct buf *out, const cJSON *doc, bool color)
{
	const cJSON *v;

	(void)color;
	cJSON_ArrayForEach(v, json_array(doc, "vendors"))
		show_one(out, v);
	buf_addc(out, '\n');
	say_add(out, _("kept here"));
	buf_addc(out, '\n');
	render_fields(out, json_object(doc, "here"), NULL);
}
