/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `connector question` for people: who asks, what, and how it is answered. */
#include "cli/private.h"

#include <string.h>

static void show_field(struct buf *out, const cJSON *f)
{
	const char *name = json_text(f, "name"), *title = json_text(f, "title"), *about = json_text(f, "description"), *takes = json_text(f, "takes"), *preset = json_text(f, "default");

	buf_addc(out, '\n');
	say_addf(out, "%s%s%s%s", name != NULL ? name : "", title != NULL ? ": " : "", title != NULL ? title : "", json_bool(f, "required", false) ? _(" (wanted)") : "");
	buf_addc(out, '\n');
	if (about != NULL)
		render_text(out, about, "  ");
	say_addf(out, preset != NULL ? _("  takes %s; as it stands: %s") : _("  takes %s"), takes != NULL ? takes : "", preset);
	buf_addc(out, '\n');
	if (!json_bool(f, "looks_secret", false))
		return;
	buf_adds(out, "! ");
	say_add(out, _("This looks like a secret. No server should be told one in a form: what you write goes to whoever runs it."));
	buf_addc(out, '\n');
}

void show_question(struct buf *out, const cJSON *doc, bool color)
{
	static const char *const skip[] = {"connector", "message", "looks_secret", NULL};
	const char *connector = json_text(doc, "connector"), *message = json_text(doc, "message"), *state = json_text(doc, "state");
	const cJSON *f, *first = NULL;
	int64_t id = 0;

	(void)color;
	(void)json_int(doc, "id", &id);
	say_addf(out, _("The server of connector %s asks:"), connector != NULL ? connector : "?");
	buf_addc(out, '\n');
	render_text(out, message != NULL ? message : _("(its words were purged)"), "  ");
	cJSON_ArrayForEach(f, json_array(doc, "fields")) {
		show_field(out, f);
		first = first != NULL ? first : f;
	}
	if (json_bool(doc, "looks_secret", false) && json_array(doc, "fields") != NULL) {
		buf_addc(out, '\n');
		say_add(out, _("It seems to ask for a password, a key or a card. If in doubt, decline."));
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
	render_fields(out, doc, skip);
	if (state == NULL || strcmp(state, "open") != 0)
		return;
	buf_addc(out, '\n');
	if (first != NULL)
		say_addf(out, _("to answer it: claviger connector answer Q%lld %s=..., or with --decline or --cancel"), (long long)id, json_text(first, "name"));
	else
		say_addf(out, _("to answer it: claviger connector answer Q%lld --accept, or with --decline or --cancel"), (long long)id);
	buf_addc(out, '\n');
}
