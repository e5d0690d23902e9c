/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs. Help, parsing, tables for people and the manual's list are made of
 * this; a new verb is a row here, and a function that reads its words. */
#include "desk/verb_private.h"

#define OPTION(n, v, h, ...) {.name = (n), .value = (v), .help = (h), __VA_ARGS__}
#define END {.name = NULL}
#define VERB(p, w, min, max, h, f, ...) {.path = (p), .words = (w), .words_min = (min), .words_max = (max), .help = (h), .flags = (f), __VA_ARGS__}

const struct verb_option verb_globals[] = {
	OPTION("--workspace", "NAME", "the workspace (default: $CLAVIGER_WORKSPACE, the setting, or the only one)", .letter = 'w'),
	OPTION("--home", "DIR", "where workspaces are (default: $CLAVIGER_HOME)"),
	OPTION("--json", NULL, "one JSON document on standard output"),
	OPTION("--quiet", NULL, "say nothing but errors", .letter = 'q'),
	OPTION("--no-color", NULL, "no colour"),
	OPTION("--passphrase-fd", "N", "read the passphrase from file descriptor N"),
	OPTION("--help", NULL, "this help", .letter = 'h'),
	OPTION("--version", NULL, "the program's version", .letter = 'V'),
	END
};

static const struct verb_option init_options[] = {
	OPTION("--template", "T", "the team to start with (default: solo-founder)"),
	OPTION("--timezone", "Z", "where days and months begin, such as Europe/Madrid (default: this machine's)"),
	OPTION("--person", "NAME", "your name in the record (default: the login name)"),
	OPTION("--key-file", "F", "a file of mode 0600 that the passphrase needs beside it"),
	END};
#define NEW_PASSPHRASE(whose) \
	OPTION("--new-passphrase-fd", "N", "read " whose " passphrase from file descriptor N"), \
	OPTION("--new-passphrase-file", "F", "read it from a file of mode 0600"), \
	OPTION("--key-file", "F", "a file of mode 0600 that it needs beside it")
static const struct verb_option person_add_options[] = {NEW_PASSPHRASE("their"), END};
static const struct verb_option passphrase_options[] = {
	NEW_PASSPHRASE("the new"),
	OPTION("--no-key-file", NULL, "the passphrase alone is enough from now on"),
	END};
static const struct verb_option doctor_options[] = {OPTION("--report", NULL, "fit to be pasted anywhere: no names, paths or words of yours, and the versions of what it is built on"), END};
static const struct verb_option destroy_options[] = {OPTION("--yes", NULL, "do not ask for its name to be typed"), END};
static const struct verb_option key_import_options[] = {
	OPTION("--dry-run", NULL, "say what there is, and take nothing"),
	OPTION("--base-url", "URL", "of all that are taken: another address"),
	END};
static const struct verb_option lock_options[] = {OPTION("--keys", NULL, "close the vault (it is what `lock` does)"), END};
static const struct verb_option attach_options[] = {
	OPTION("--plain", NULL, "labelled lines instead of a screen"),
	OPTION("--ascii", NULL, "no line drawing or accents"),
	OPTION("--color", "WHEN", "auto, always or never"),
	OPTION("--read-only", NULL, "look, but change nothing"),
	OPTION("--theme", "T", "colours by that name"),
	END};
static const struct verb_option purge_options[] = {OPTION("--older-than", "T", "what ended before then: 90d, or a date", .required = true), END};
static const struct verb_option agent_options[] = {
	OPTION("--prompt-file", "F", "their part of the instructions"),
	OPTION("--tier", "T", "routine, standard or top"),
	OPTION("--vendor", "V", "whose models they use from their next turn on; any: whose key comes first"),
	OPTION("--key", "L", "the one key they use, and with it its vendor; any: the vendor's first"),
	OPTION("--model", "M", "one model, instead of the tier's; any: the tier's again"),
	OPTION("--tool", "C.T", "a tool they may use (again for each)", .many = true),
	OPTION("--pause", NULL, "no work until --resume"),
	OPTION("--resume", NULL, "work again"),
	END};
static const struct verb_option agent_add_options[] = {
	OPTION("--role", "ROLE", "one word, such as engineer or support", .required = true),
	OPTION("--title", "TEXT", "what they do, for the CEO and for you"),
	OPTION("--prompt-file", "F", "their part of the instructions (default: the one of that role)"),
	OPTION("--tier", "T", "routine, standard (default) or top"),
	OPTION("--vendor", "V", "whose models they use"),
	OPTION("--model", "M", "that model, not the tier's"),
	OPTION("--tool", "C.T", "a tool they may use (again for each; default: all)", .many = true),
	OPTION("--cap-usd", "X", "at most that much a day"),
	OPTION("--turns", "N", "calls for one task at most (default: 20)"),
	END};
static const struct verb_option demo_options[] = {OPTION("--plain", NULL, "print the whole loop instead of opening the console"), END};

#define SECRET_INPUTS \
	OPTION("--stdin", NULL, "read the key from standard input"), \
	OPTION("--file", "F", "read it from a file of mode 0600"), \
	OPTION("--from-env", "VAR", "take it from that variable"), \
	OPTION("--command", "CMD", "what that command prints"), \
	OPTION("--aws-profile", "P", "the credentials of that profile of ~/.aws, as they are now")
static const struct verb_option key_add_options[] = {
	OPTION("--vendor", "V", "anthropic, openai or bedrock", .required = true),
	OPTION("--label", "L", "its name here (default: the vendor's)"),
	OPTION("--base-url", "URL", "another address; http: only on this machine"),
	OPTION("--region", "R", "of Bedrock"),
	OPTION("--api", "WIRE", "of OpenAI and compatible ones: responses or chat; of Bedrock: converse or messages"),
	OPTION("--admin", NULL, "used for statements only, never for calls"),
	OPTION("--proxy", "URL", "its own way out (default: the setting)"),
	OPTION("--ca-file", "F", "certificates to trust for it (default: the setting)"),
	SECRET_INPUTS,
	END};
static const struct verb_option key_rotate_options[] = {SECRET_INPUTS, END};
static const struct verb_option goal_add_options[] = {
	OPTION("--agent", "NAME", "who gets it (with --no-plan)"),
	OPTION("--cap", "USD", "all its calls together may cost no more"),
	OPTION("--no-plan", NULL, "hand the text to one agent as a single task"),
	OPTION("--attach", "FILE", "a text file as reading matter (again for each)", .many = true),
	END};
static const struct verb_option task_list_options[] = {OPTION("--goal", "ID", "of that goal only"), END};
static const struct verb_option run_options[] = {
	OPTION("--until-idle", NULL, "end when nothing can go on without a person"),
	OPTION("--for", "SECONDS", "end after that long"),
	OPTION("--events", NULL, "one JSON object a line as things happen"),
	END};
#define GRANTS \
	OPTION("--read", "DIR", "of an mcp server: a folder it may read (again for each)", .many = true), \
	OPTION("--write", "DIR", "a folder it may change", .many = true), \
	OPTION("--env", "NAME[=VALUE]", "a variable in its environment; without a value it gets the connector's secret", .many = true), \
	OPTION("--network", NULL, "let it reach the network")
static const struct verb_option connector_add_options[] = {
	OPTION("--type", "TYPE", "codebase, inbox, crm or mcp", .required = true),
	OPTION("--root", "DIR", "of a codebase: the git repository"),
	OPTION("--check", "CMD", "of a codebase: run on a copy with each proposed patch, and shown beside it"),
	OPTION("--push", "REMOTE", "of a codebase: let agents propose to push their branches there, https://HOST/PATH or a folder"),
	OPTION("--url", "URL", "of an mcp server that is reached over HTTP"),
	OPTION("--backend", "NAME", "of a crm: embedded (default), or hubspot"),
	OPTION("--base-url", "URL", "of hubspot: where its API is (default: https://api.hubapi.com)"),
	OPTION("--property", "NAME", "of hubspot: a property to read beside the usual ones (again for each)", .many = true),
	OPTION("--imap", "URL", "of an inbox: imaps://HOST[:PORT], or imap:// with STARTTLS"),
	OPTION("--smtp", "URL", "smtps://HOST[:PORT], or smtp:// with STARTTLS"),
	OPTION("--user", "NAME", "the login at both"),
	OPTION("--from", "ADDRESS", "the sender of what it sends"),
	OPTION("--authserv", "NAME", "what the own server calls itself in Authentication-Results: its word on senders counts"),
	OPTION("--sent", "FOLDER", "where copies go (default: the server's own; \"\" if the server makes them)"),
	OPTION("--oauth", NULL, "its secret is an OAuth 2.0 token, or the grant for one"),
	OPTION("--ca-file", "F", "certificates to trust instead of the system's"),
	GRANTS,
	END};
static const struct verb_option connector_secret_options[] = {SECRET_INPUTS, END};
static const struct verb_option connector_import_options[] = {
	OPTION("--entry", "NAME", "take this one (default: list them)"),
	OPTION("--hash", "sha256:HEX", "of the entry as the list showed it"),
	OPTION("--as", "NAME", "its name here (default: the entry's)"),
	GRANTS,
	END};
static const struct verb_option schedule_options[] = {
	OPTION("--agent", "NAME", "who gets it; the CEO plans it as a goal", .required = true),
	OPTION("--every", "T", "how often: 30m, 2h, 1d, 1w", .required = true),
	OPTION("--at", "HH:MM", "at that time of the day, in the workspace's zone"),
	OPTION("--days", "D", "on those days only: mon-fri, or mon,thu"),
	END};
static const struct verb_option crm_options[] = {OPTION("--kind", "KIND", "contact (default), company or deal"),
	OPTION("--format", "F", "csv or vcard (default: by the file's name)"), END};
static const struct verb_option release_options[] = {OPTION("--hash", "sha256:HEX", "of the definition you were shown"), END};
static const struct verb_option answer_options[] = {
	OPTION("--accept", NULL, "as it stands, with its own defaults"),
	OPTION("--decline", NULL, "say no to what it asks"),
	OPTION("--cancel", NULL, "give no answer"),
	END};
static const struct verb_option question_options[] = {OPTION("--all", NULL, "those that are over too"), END};
static const struct verb_option all_options[] = {OPTION("--all", NULL, "decided ones too"), END};
static const struct verb_option approve_options[] = {OPTION("--hash", "sha256:HEX", "of what you were shown", .required = true),
	OPTION("--yes-to", "VALUE", "a recipient that is neither in the goal nor the one being answered (again for each)", .many = true), END};
static const struct verb_option reject_options[] = {
	OPTION("--reason", "TEXT", "goes back to the agent", .required = true),
	OPTION("--hash", "sha256:HEX", "of what you were shown"),
	END};
static const struct verb_option changes_options[] = {
	OPTION("--reason", "TEXT", "what is to be different; wakes the agent", .required = true),
	OPTION("--hash", "sha256:HEX", "of what you were shown"),
	END};
static const struct verb_option edit_options[] = {OPTION("--payload-file", "F", "the new payload"), OPTION("--file", "F", "the same"),
	OPTION("--stdin", NULL, "read it from standard input"), OPTION("--hash", "sha256:HEX", "of what you were shown"), END};
static const struct verb_option settle_options[] = {OPTION("--as", "WHAT", "fired or not-fired", .required = true),
	OPTION("--note", "TEXT", "what you found, and where"), END};
static const struct verb_option rule_options[] = {
	OPTION("--agent", "NAME", "whose proposals it decides", .required = true),
	OPTION("--tool", "C.T", "one tool of one connector", .required = true),
	OPTION("--when", "FIELD=GLOB", "only if that field is so (again for each)", .many = true),
	OPTION("--uses", "N", "so many times"),
	OPTION("--until", "T", "up to then: a date, a time, 12h, 7d (default: 30d, or none with --uses)"),
	OPTION("--max-usd", "X", "no number in the payload may be above that"),
	END};
static const struct verb_option spend_options[] = {
	OPTION("--by", "WHAT", "vendor, key, model, agent, goal, task, day or hour"),
	OPTION("--since", "T", "from then on: a date, a time, today, 12h, 7d"),
	OPTION("--until", "T", "up to then; a date is that day too"),
	OPTION("--csv", NULL, "as CSV"),
	OPTION("--focus", NULL, "as CSV with the columns of FinOps FOCUS: an estimate, no invoice"),
	END};
static const struct verb_option resolve_options[] = {OPTION("--as", "WHAT", "raise (the limit) or keep (as it is)", .required = true),
	OPTION("--usd", "X", "raise it to that (default: twice, or what was missing)"), END};
static const struct verb_option statement_options[] = {OPTION("--vendor", "V", "whose report it is", .required = true),
	OPTION("--from", "D", "from that day (of UTC) on"), OPTION("--to", "D", "up to that day"), END};
static const struct verb_option statement_import_options[] = {OPTION("--vendor", "V", "whose report it is", .required = true),
	OPTION("--file", "F", "a cost report (its pages in an array), or CSV with date and cost"),
	OPTION("--fetch", NULL, "ask the vendor, with an admin key (AWS bills each question)"),
	OPTION("--from", "D", "only from that day (of UTC) on (--fetch: 30 days)"), OPTION("--to", "D", "only up to that day"), END};
static const struct verb_option call_settle_options[] = {OPTION("--usd", "X", "what it really cost", .required = true), END};
static const struct verb_option call_options[] = {OPTION("--task", "ID", "of that task only"), OPTION("--since", "T", "from then on"),
	OPTION("--until", "T", "up to then"), OPTION("--jsonl", NULL, "one JSON object a line, with OpenTelemetry's names"), END};
static const struct verb_option savings_options[] = {
	OPTION("--since", "T", "from then on"), OPTION("--until", "T", "up to then; a date is that day too"),
	OPTION("--what-if", "FILE", "price the same calls again by that price file, and change nothing"), END};
static const struct verb_option price_options[] = {OPTION("--vendor", "V", "of that vendor only"), OPTION("--at", "DATE", "as they were then"),
	OPTION("--unpriced", NULL, "models that were called without a price"), END};
static const struct verb_option quote_options[] = {
	OPTION("--vendor", "V", "who bills", .required = true),
	OPTION("--model", "M", "by the vendor's name", .required = true),
	OPTION("--input", "N", "fresh input tokens"),
	OPTION("--cache-read", "N", "tokens read from a cache"),
	OPTION("--cache-write-5m", "N", "tokens written for 5 minutes"),
	OPTION("--cache-write-30m", "N", "for 30 minutes"),
	OPTION("--cache-write-1h", "N", "for 1 hour"),
	OPTION("--cache-write-12h", "N", "for 12 hours"),
	OPTION("--output", "N", "output tokens"),
	OPTION("--web-search", "N", "searches by the vendor"),
	OPTION("--month-spent", "USD", "judge volume tiers by that (default: this month so far)"),
	OPTION("--batch", NULL, "at the batch price"),
	OPTION("--service-tier", "T", "standard, batch, flex, priority or fast"),
	OPTION("--region-class", "C", "global or regional"),
	OPTION("--at", "DATE", "at the prices of then"),
	END};
static const struct verb_option price_set_options[] = {
	OPTION("--vendor", "V", "who bills", .required = true),
	OPTION("--from", "T", "from that day or time (UTC) on (default: today)"),
	OPTION("--over", "USD", "only once the month with that vendor is over so much"),
	OPTION("--percent", "P", "so much off, instead of rates"),
	OPTION("--input", "USD", "for a million fresh input tokens"),
	OPTION("--cache-read", "USD", "read from a cache"),
	OPTION("--cache-write-5m", "USD", "written for 5 minutes"),
	OPTION("--cache-write-30m", "USD", "for 30 minutes"),
	OPTION("--cache-write-1h", "USD", "for 1 hour"),
	OPTION("--cache-write-12h", "USD", "for 12 hours"),
	OPTION("--output", "USD", "for a million output tokens"),
	OPTION("--web-search", "USD", "for a thousand searches"),
	OPTION("--long-over", "TOKENS", "prompts of more tokens have rates of their own"),
	OPTION("--long-input", "USD", "for them"),
	OPTION("--long-cache-read", "USD", "for them"),
	OPTION("--long-cache-write-5m", "USD", "for them"),
	OPTION("--long-cache-write-30m", "USD", "for them"),
	OPTION("--long-cache-write-1h", "USD", "for them"),
	OPTION("--long-cache-write-12h", "USD", "for them"),
	OPTION("--long-output", "USD", "for them"),
	OPTION("--service-tier", "T", "standard (default), batch, flex, priority or fast"),
	OPTION("--region-class", "C", "global or regional (default: both)"),
	END};
static const struct verb_option price_import_options[] = {
	OPTION("--format", "F", "litellm or models.dev", .required = true),
	OPTION("--from", "T", "from that day or time (UTC) on (default: now)"),
	END};
static const struct verb_option cap_options[] = {
	OPTION("--scope", "SCOPE", "workspace, vendor:V, key:L, agent:NAME, goal:ID or task:ID", .required = true),
	OPTION("--window", "WINDOW", "day, month or total", .required = true),
	OPTION("--usd", "X", "the limit in dollars", .required = true),
	OPTION("--warn", "PERCENT", "say so at that much of it (default: 80)"),
	END};
static const struct verb_option meter_options[] = {
	OPTION("--by", "WHAT", "vendor, key, model, agent, goal or task"),
	OPTION("--period", "P", "today, month or all"),
	END};
static const struct verb_option watch_options[] = {OPTION("--once", NULL, "one line, then end"), END};
static const struct verb_option since_options[] = {OPTION("--since", "T", "from then on"), END};

const struct verb verb_table[] = {
	VERB("init", "", 0, 0, "make a workspace and its vault", VERB_FACE | VERB_NO_WORKSPACE | VERB_VAULT, .options = init_options),
	VERB("workspace list", "", 0, 0, "the workspaces of this home", VERB_NO_WORKSPACE, .to_query = ask_plain, .columns = "name goals_open=% pending=% cost_usd=$ folder"),
	VERB("workspace show", "", 0, 0, "this workspace", 0, .to_query = ask_plain),
	VERB("workspace export", "DIR", 1, 1, "everything but secrets, as JSON Lines and CSV", VERB_FACE),
	VERB("workspace backup", "FILE", 1, 1, "the whole workspace in one file that its passphrase opens", VERB_FACE),
	VERB("workspace restore", "FILE", 1, 1, "make a workspace of such a file; nothing in it fires by itself", VERB_FACE | VERB_NO_WORKSPACE),
	VERB("workspace destroy", "NAME", 1, 1, "delete a workspace for good, its keys first", VERB_FACE | VERB_NO_WORKSPACE, .options = destroy_options),
	VERB("workspace purge", "", 0, 0, "take out old transcripts and payloads; books, decisions and the journal stay", 0, .options = purge_options, .to_op = verb_purge),
	VERB("data show", "", 0, 0, "what is sent where, what is asked about keeping it, what vendors report, and what is kept here", 0, .to_query = ask_plain),
	VERB("workspace passphrase", "", 0, 0, "another passphrase for your own slot", VERB_VAULT | VERB_NEW_PASSPHRASE, .options = passphrase_options, .to_op = verb_passphrase),
	VERB("workspace rekey", "", 0, 0, "a new root: seal and sign everything again", VERB_VAULT | VERB_PASSPHRASE, .to_op = verb_rekey),
	VERB("person add", "NAME", 1, 1, "give a person a slot in the vault", VERB_VAULT | VERB_NEW_PASSPHRASE, .options = person_add_options, .to_op = verb_person),
	VERB("person remove", "NAME", 1, 1, "take their slot away", VERB_VAULT, .to_op = verb_person),
	VERB("person list", "", 0, 0, "who has a slot in the vault", 0, .to_query = ask_plain, .columns = "slot=% name key_file created=@"),
	VERB("lock", "", 0, 0, "close the vault: no calls, no decisions", 0, .options = lock_options, .to_op = verb_lock),
	VERB("panic", "", 0, 0, "stop all calls and firings, pause all work, close the vault", 0, .to_op = verb_panic),
	VERB("config get", "K", 1, 1, "one setting", VERB_FACE | VERB_NO_WORKSPACE),
	VERB("config set", "K V", 2, 2, "change one setting", VERB_FACE | VERB_NO_WORKSPACE),
	VERB("config path", "", 0, 0, "where the settings are", VERB_FACE | VERB_NO_WORKSPACE),
	VERB("attach", "", 0, 0, "the console (what `claviger` alone is)", VERB_FACE, .options = attach_options),
	VERB("template list", "", 0, 0, "teams to start with", VERB_NO_WORKSPACE, .to_query = ask_plain, .columns = "name agents=% month_usd_from=$ month_usd_to=$ title"),
	VERB("template show", "T", 1, 1, "one team", VERB_NO_WORKSPACE, .to_query = ask_named),
	VERB("agent list", "", 0, 0, "the team", 0, .to_query = ask_plain, .columns = "name role tier vendor key model paused title"),
	VERB("agent show", "NAME", 1, 1, "one agent", 0, .to_query = ask_named),
	VERB("agent add", "NAME", 1, 1, "one more in the team", VERB_VAULT, .options = agent_add_options, .to_op = verb_agent_add),
	VERB("agent remove", "NAME", 1, 1, "one less; what they did stays in the books", VERB_VAULT, .to_op = verb_agent_remove),
	VERB("agent set", "NAME", 1, 1, "change an agent", VERB_VAULT_TOOLS, .options = agent_options, .to_op = verb_agent_set),
	VERB("tier list", "", 0, 0, "which model each tier means", 0, .to_query = ask_plain, .columns = "vendor tier model set_by ends"),
	VERB("tier set", "VENDOR[/API] TIER MODEL", 3, 3, "let a tier mean that model", 0, .to_op = verb_tier_set),
	VERB("doctor", "", 0, 0, "look for what is wrong, and say how to mend it", VERB_NO_WORKSPACE, .options = doctor_options, .to_query = ask_list),
	VERB("demo", "", 0, 0, "a throw-away workspace and a practice vendor", VERB_FACE | VERB_NO_WORKSPACE, .options = demo_options),

	VERB("key add", "", 0, 0, "seal a vendor key in the vault, and test it", VERB_VAULT | VERB_NETWORK | VERB_SECRET, .letter = 'K', .options = key_add_options, .to_op = verb_key_add),
	VERB("key list", "", 0, 0, "the keys: never a character of them", 0, .to_query = ask_plain, .columns = "id=K label vendor state fingerprint age_days=% calls=% cost_usd=$ last_used=@ note why"),
	VERB("key import", "[NAME]...", 0, -1, "take keys found in the environment, .env or ~/.aws, one by one", VERB_FACE | VERB_VAULT | VERB_NETWORK | VERB_SECRET, .letter = 'K', .options = key_import_options),
	VERB("key test", "L", 1, 1, "a free call that says whether it works", VERB_VAULT | VERB_NETWORK, .letter = 'K', .to_op = verb_key_named),
	VERB("key rotate", "L", 1, 1, "replace it; calls in flight finish on the old one", VERB_VAULT | VERB_NETWORK | VERB_SECRET, .letter = 'K', .options = key_rotate_options, .to_op = verb_key_rotate),
	VERB("key retire", "L", 1, 1, "use it no more", VERB_VAULT, .letter = 'K', .to_op = verb_key_named),
	VERB("key remove", "L", 1, 1, "delete it; the books stay", VERB_VAULT, .letter = 'K', .to_op = verb_key_named),
	VERB("key models", "L", 1, 1, "the models it may use", VERB_VAULT | VERB_NETWORK, .letter = 'K', .to_op = verb_key_named),

	VERB("goal add", "TEXT", 1, -1, "ask the office for something", 0, .letter = 'G', .options = goal_add_options, .to_op = verb_goal_add),
	VERB("goal list", "", 0, 0, "the goals", 0, .to_query = ask_plain, .columns = "id=G state tasks=% done=% cost_usd=$ text"),
	VERB("goal show", "ID", 1, 1, "one goal and its tasks", 0, .to_query = ask_goal),
	VERB("goal report", "ID", 1, 1, "what came of it", 0, .to_query = ask_goal),
	VERB("goal pause", "ID", 1, 1, "no more work on it for now", 0, .letter = 'G', .to_op = verb_goal_change),
	VERB("goal resume", "ID", 1, 1, "go on with it", 0, .letter = 'G', .to_op = verb_goal_change),
	VERB("goal cancel", "ID", 1, 1, "give it up", 0, .letter = 'G', .to_op = verb_goal_change),
	VERB("task list", "", 0, 0, "the tasks", 0, .options = task_list_options, .to_query = ask_task_list,
	    .columns = "id=T goal=G state waiting_on agent turns=% cost_usd=$ title why"),
	VERB("task show", "ID", 1, 1, "one task with its transcript", 0, .to_query = ask_task),
	VERB("task say", "ID TEXT", 2, -1, "speak to its agent, or answer its question", 0, .letter = 'T', .to_op = verb_task_say),
	VERB("task cancel", "ID", 1, 1, "give it up", 0, .letter = 'T', .to_op = verb_task_change),
	VERB("task retry", "ID", 1, 1, "try again what paused or failed", 0, .letter = 'T', .to_op = verb_task_change),
	VERB("run", "", 0, 0, "work without a screen", VERB_FACE | VERB_VAULT | VERB_NETWORK, .options = run_options),
	VERB("connector add", "NAME [-- CMD ARG...]", 1, 1, "a way into an outside system", VERB_VAULT | VERB_REST, .options = connector_add_options, .to_op = verb_connector_add),
	VERB("connector list", "", 0, 0, "the connectors", 0, .to_query = ask_plain, .columns = "name type state tools=% root why"),
	VERB("connector import", "FILE", 1, 1, "the servers that a .mcp.json names, one at a time", VERB_VAULT, .options = connector_import_options, .to_op = verb_connector_import,
	    .columns = "name command env url missing hash"),
	VERB("connector show", "NAME [TOOL]", 1, 2, "one connector; or one tool: what was trusted, and what it says now", 0, .to_query = ask_connector),
	VERB("connector secret", "NAME FIELD", 2, 2, "its password, its token, or the grant that tokens are renewed with; shown to nobody", VERB_VAULT | VERB_SECRET, .options = connector_secret_options,
	    .to_op = verb_connector_secret),
	VERB("connector test", "NAME", 1, 1, "start it and ask for its tools", VERB_VAULT, .to_op = verb_connector_named),
	VERB("connector tools", "NAME", 1, 1, "its tools and what they do", 0, .to_query = ask_named, .columns = "name effect state hash=# description"),
	VERB("connector release", "NAME TOOL", 2, 2, "trust a tool as it is now", VERB_VAULT, .options = release_options, .to_op = verb_connector_tool),
	VERB("connector effect", "NAME TOOL... EFFECT", 3, 16, "say what tools do: read, write, send or destroy", VERB_VAULT, .to_op = verb_connector_tool),
	VERB("connector questions", "", 0, 0, "what connectors' servers ask you", 0, .options = question_options, .to_query = ask_list,
	    .columns = "id=Q state connector tool task=T asked=@ until=@ message why"),
	VERB("connector question", "ID", 1, 1, "one such question, and what it wants to know", 0, .to_query = ask_question),
	VERB("connector answer", "ID [FIELD=VALUE]...", 1, 15, "answer it", VERB_VAULT, .letter = 'Q', .options = answer_options, .to_op = verb_connector_answer),
	VERB("connector remove", "NAME", 1, 1, "forget it", VERB_VAULT, .to_op = verb_connector_named),

	VERB("schedule add", "TEXT", 1, -1, "work that comes round", 0, .letter = 'S', .options = schedule_options, .to_op = verb_schedule_add),
	VERB("schedule list", "", 0, 0, "the schedules", 0, .to_query = ask_plain, .columns = "id=S on agent when next=@ last=@ goal=G text why"),
	VERB("schedule on", "ID", 1, 1, "let it come round from now on", 0, .letter = 'S', .to_op = verb_schedule_change),
	VERB("schedule off", "ID", 1, 1, "keep it, but let it rest", 0, .letter = 'S', .to_op = verb_schedule_change),
	VERB("schedule remove", "ID", 1, 1, "forget it", 0, .letter = 'S', .to_op = verb_schedule_change),

	VERB("crm import", "NAME FILE", 2, 2, "your own records into the built-in CRM: CSV or vCard", 0, .options = crm_options, .to_op = verb_crm),
	VERB("crm export", "NAME FILE", 2, 2, "its records into a file: CSV or vCard", 0, .options = crm_options, .to_op = verb_crm),

	VERB("approval list", "", 0, 0, "what waits for your word", 0, .options = all_options, .to_query = ask_list,
	    .columns = "id=A version=% kind state effect task=T agent connector tool summary created=@"),
	VERB("approval show", "ID", 1, 1, "the whole of it, as it would be fired", 0, .to_query = ask_approval),
	VERB("approval approve", "ID", 1, 1, "yes, to that very version", VERB_VAULT, .letter = 'A', .options = approve_options, .to_op = verb_approve),
	VERB("approval reject", "ID", 1, 1, "no, and why", VERB_VAULT, .letter = 'A', .options = reject_options, .to_op = verb_reject),
	VERB("approval ask-changes", "ID", 1, 1, "not like that: its agent proposes another version", VERB_VAULT, .letter = 'A', .options = changes_options, .to_op = verb_ask_changes),
	VERB("approval edit", "ID", 1, 1, "make a new version with another payload", VERB_VAULT, .letter = 'A', .options = edit_options, .to_op = verb_edit),
	VERB("approval undo", "ID", 1, 1, "take a yes back while its window is open", VERB_VAULT, .letter = 'A', .to_op = verb_undo),
	VERB("approval settle", "ID", 1, 1, "say what became of an unknown one", VERB_VAULT, .letter = 'A', .options = settle_options, .to_op = verb_settle),

	VERB("rule add", "", 0, 0, "a standing rule: approve such actions without asking", VERB_VAULT, .letter = 'R', .options = rule_options, .to_op = verb_rule_add),
	VERB("rule list", "", 0, 0, "the standing rules and what each decided", 0, .options = all_options, .to_query = ask_list,
	    .columns = "id=R state agent tool effect used=% uses=% until=@ max_usd=$ decided"),
	VERB("rule revoke", "ID", 1, 1, "end a standing rule", 0, .letter = 'R', .to_op = verb_rule_revoke),

	VERB("meter", "", 0, 0, "the console's meter: what runs, what it cost so far and where it leads", 0, .options = meter_options, .to_query = ask_meter),
	VERB("spend", "", 0, 0, "what was spent", 0, .options = spend_options, .to_query = ask_spend),
	VERB("savings", "", 0, 0, "what caching, cheaper tiers and prices of your own saved, and what cache misses cost", 0, .options = savings_options, .to_query = ask_savings),
	VERB("call list", "", 0, 0, "every call of the ledger", 0, .options = call_options, .to_query = ask_call_list,
	    .columns = "id=C state cause task=T agent model input_tokens=% cache_read_tokens=% output_tokens=% cost_usd=+ request_id"),
	VERB("price show", "[MODEL]", 0, 1, "the price book, dollars per million tokens", VERB_NO_WORKSPACE | VERB_MAY_WORKSPACE, .options = price_options, .to_query = ask_price_show,
	    .columns = "vendor model service_tier region_class input=% cache_read=% cache_write_5m=% cache_write_1h=% output=% from mark"),
	VERB("price list", "", 0, 0, "what you laid over the published prices", 0, .to_query = ask_plain, .columns = "id=P kind title added=@ by"),
	VERB("price set", "[MODEL]", 0, 1, "your own rates, a discount or a volume tier, from a day on", 0, .letter = 'P', .options = price_set_options, .to_op = verb_price_set),
	VERB("price import", "FILE", 1, 1, "a public price map, as far as it differs", 0, .letter = 'P', .options = price_import_options, .to_op = verb_price_import),
	VERB("price remove", "ID", 1, 1, "take such a price back; booked calls stay as they are", 0, .letter = 'P', .to_op = verb_price_remove),
	VERB("price quote", "", 0, 0, "what so many tokens cost", VERB_NO_WORKSPACE | VERB_MAY_WORKSPACE, .options = quote_options, .to_query = ask_price_quote),
	VERB("call settle", "ID", 1, 1, "say what a cut call really cost", 0, .letter = 'C', .options = call_settle_options, .to_op = verb_call_settle),
	VERB("statement import", "", 0, 0, "take in what a vendor reports to have billed", VERB_VAULT_FETCH | VERB_NETWORK, .options = statement_import_options, .to_op = verb_statement_import),
	VERB("statement compare", "", 0, 0, "our books beside the vendor's, day by day", 0, .options = statement_options, .to_query = ask_statement),
	VERB("cap set", "", 0, 0, "a spending limit", VERB_VAULT, .letter = 'C', .options = cap_options, .to_op = verb_cap_set),
	VERB("cap list", "", 0, 0, "the limits and what is left", 0, .to_query = ask_plain,
	    .columns = "id=C scope window limit_usd=$ spent_usd=$ held_usd=$ left_usd=$ exposure_usd=$ warn_percent=%"),
	VERB("cap remove", "ID", 1, 1, "take a limit away", VERB_VAULT, .letter = 'C', .to_op = verb_cap_remove),
	VERB("incident resolve", "ID", 1, 1, "answer it: raise the limit, or keep it", VERB_VAULT, .letter = 'I', .options = resolve_options, .to_op = verb_incident_resolve),
	VERB("incident list", "", 0, 0, "what tripped", 0, .options = all_options, .to_query = ask_list, .columns = "id=I kind state ref text created=@"),
	VERB("watch", "", 0, 0, "one line for a status bar", 0, .options = watch_options, .to_query = ask_plain),
	VERB("journal list", "", 0, 0, "the hash-chained record", 0, .options = since_options, .to_query = ask_since, .columns = "seq=% time=@ kind ref who hash=#"),
	VERB("journal verify", "", 0, 0, "check the whole chain", 0, .to_query = ask_plain),
	VERB("journal head", "", 0, 0, "its last entry and the last signed one", 0, .to_query = ask_plain),
	{.path = NULL},
};
