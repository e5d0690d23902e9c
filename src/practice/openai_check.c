/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes a request a 400 (or 404), in the order the vendor looks: the model
 * first, then the parameters one by one. What is said in the conversation is
 * checked while it is read, in openai_prompt.c. */
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "practice/openai.h"

bool refuse(struct refusal *n, const char *param, const char *code, const char *fmt, ...)
{
	va_list ap;

	*n = (struct refusal){.status = 400, .type = "invalid_request_error", .param = param, .code = code};
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof n->text, fmt, ap);
	va_end(ap);
	return false;
}

static bool is_one_of(const char *text, const char *const *list)
{
	for (; text != NULL && *list != NULL; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

static bool is_given(const cJSON *obj, const char *name)
{
	const cJSON *v = json_member(obj, name);

	return v != NULL && !cJSON_IsNull(v);
}

static bool check_members(struct gpt_ask *a, struct refusal *n)
{
	static const char *const responses[] = {"model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "max_tool_calls", "max_output_tokens",
	    "reasoning", "text", "store", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "service_tier", "safety_identifier", "user", "stream",
	    "stream_options", "metadata", "previous_response_id", "conversation", "background", "truncation", "include", "temperature", "top_p", "top_logprobs",
	    "moderation", "prompt", "context_management", NULL};
	static const char *const chat[] = {"model", "messages", "tools", "tool_choice", "parallel_tool_calls", "max_completion_tokens", "max_tokens",
	    "reasoning_effort", "response_format", "verbosity", "store", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "service_tier",
	    "safety_identifier", "user", "stream", "stream_options", "metadata", "temperature", "top_p", "logprobs", "top_logprobs", "logit_bias",
	    "frequency_penalty", "presence_penalty", "seed", "stop", "n", "modalities", "audio", "prediction", "web_search_options", "moderation", NULL};
	const cJSON *v;

	cJSON_ArrayForEach(v, a->body)
		if (!is_one_of(v->string, a->is_chat ? chat : responses))
			return refuse(n, v->string, "unknown_parameter", "Unknown parameter: '%.60s'.", v->string);
	return true;
}

static bool check_model(struct gpt_ask *a, struct refusal *n)
{
	const char *id = json_text(a->body, "model");

	if (id == NULL || *id == '\0')
		return refuse(n, "model", "missing_required_parameter", "Missing required parameter: 'model'.");
	a->model = gpt_find(id);
	if (a->model == NULL) {
		refuse(n, NULL, "model_not_found", "The model '%.100s' does not exist or you do not have access to it.", id);
		n->status = 404;
		return false;
	}
	if (a->is_chat && (a->model->rules & GPT_NO_CHAT)) {
		refuse(n, "model", NULL, "This model is only supported in v1/responses and not in v1/chat/completions.");
		n->status = 404;
		return false;
	}
	return true;
}

static bool check_stream(struct gpt_ask *a, struct refusal *n)
{
	const cJSON *options = json_object(a->body, "stream_options");

	if (is_given(a->body, "stream") && !cJSON_IsBool(json_member(a->body, "stream")))
		return refuse(n, "stream", "invalid_type", "Invalid type for 'stream': expected a boolean.");
	a->streams = json_bool(a->body, "stream", false);
	if (is_given(a->body, "stream_options") && !a->streams)
		return refuse(n, "stream_options", NULL, "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
	a->wants_usage = json_bool(options, "include_usage", false);
	a->obfuscates = json_bool(options, "include_obfuscation", true);
	if (!a->is_chat && is_given(options, "include_usage"))
		return refuse(n, "stream_options.include_usage", "unknown_parameter", "Unknown parameter: 'stream_options.include_usage'.");
	if (json_bool(a->body, "background", false))
		return refuse(n, "background", "unsupported_parameter", "Background responses are not available here.");
	return true;
}

static bool check_max_tokens(struct gpt_ask *a, struct refusal *n)
{
	const char *name = a->is_chat ? "max_completion_tokens" : "max_output_tokens";

	a->max_tokens = a->model->max_output;
	if (a->is_chat && is_given(a->body, "max_tokens")) {
		if (a->model->efforts != 0)
			return refuse(n, "max_tokens", "unsupported_parameter",
			    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.");
		name = "max_tokens";
	}
	if (!is_given(a->body, name))
		return true;
	if (!json_int(a->body, name, &a->max_tokens))
		return refuse(n, name, "invalid_type", "Invalid type for '%s': expected an integer.", name);
	if (a->max_tokens < (a->is_chat ? 1 : 16))
		return refuse(n, name, "integer_below_min_value", "Invalid '%s': integer below minimum value. Expected a value >= %d.", name, a->is_chat ? 1 : 16);
	if (a->max_tokens > a->model->max_output)
		return refuse(n, name, "invalid_value", "%s is too large: %lld. This model supports at most %lld completion tokens.", name, (long long)a->max_tokens,
		    (long long)a->model->max_output);
	return true;
}

static bool check_effort(struct gpt_ask *a, struct refusal *n)
{
	static const char *const summaries[] = {"auto", "concise", "detailed", NULL};
	const cJSON *reasoning = json_object(a->body, "reasoning");
	const char *param = a->is_chat ? "reasoning_effort" : "reasoning.effort";
	const char *text = a->is_chat ? json_text(a->body, "reasoning_effort") : json_text(reasoning, "effort");

	if (a->model->efforts == 0) {
		if (is_given(a->body, a->is_chat ? "reasoning_effort" : "reasoning"))
			return refuse(n, param, "unsupported_parameter", "Unsupported parameter: '%s' is not supported with this model.", param);
		return true;
	}
	a->effort = a->model->usual;
	if (text != NULL) {
		for (a->effort = 0; a->effort < EFFORTS && strcmp(effort_name(a->effort), text) != 0; a->effort++)
			;
		if (a->effort == EFFORTS || !(a->model->efforts & 1U << a->effort))
			return refuse(n, param, "unsupported_value", "Unsupported value: '%.20s' is not supported with the '%s' model.", text, a->model->id);
	}
	if (is_given(reasoning, "summary") && !is_one_of(json_text(reasoning, "summary"), summaries))
		return refuse(n, "reasoning.summary", "invalid_value", "Invalid value for 'reasoning.summary'.");
	a->reasons = a->effort != EFFORT_NONE;
	a->shows_summary = is_given(reasoning, "summary");
	return true;
}

static bool check_sampling(struct gpt_ask *a, struct refusal *n)
{
	static const char *const names[] = {"temperature", "top_p", "frequency_penalty", "presence_penalty", "logit_bias"};
	const cJSON *v;
	size_t i;

	for (i = 0; i < LENGTH(names); i++) {
		v = json_member(a->body, names[i]);
		if (v == NULL || cJSON_IsNull(v))
			continue;
		if (a->reasons && !(i < 2 && cJSON_IsNumber(v) && v->valuedouble >= 1 && v->valuedouble <= 1))
			return refuse(n, names[i], "unsupported_parameter", "Unsupported parameter: '%s' is not supported with this model.", names[i]);
		if (i < 2 && (!cJSON_IsNumber(v) || v->valuedouble < 0 || v->valuedouble > (i == 0 ? 2 : 1)))
			return refuse(n, names[i], "invalid_value", "Invalid '%s': out of its range.", names[i]);
	}
	v = json_member(a->body, "n");
	if (v != NULL && cJSON_IsNumber(v) && v->valueint != 1)
		return refuse(n, "n", "unsupported_value", "Only one choice is available here.");
	return true;
}

const cJSON *gpt_function(const struct gpt_ask *a, const cJSON *tool)
{
	const char *type = json_text(tool, "type");

	if (type == NULL || strcmp(type, "function") != 0)
		return NULL;
	return a->is_chat ? json_object(tool, "function") : tool;
}

/* strict: every object closed, every property required. */
static bool is_strict(const cJSON *schema)
{
	const cJSON *properties = json_object(schema, "properties"), *p, *r;
	const char *type = json_text(schema, "type");

	if (type != NULL && strcmp(type, "object") == 0) {
		if (json_bool(schema, "additionalProperties", true))
			return false;
		cJSON_ArrayForEach(p, properties) {
			bool is_required = false;

			cJSON_ArrayForEach(r, json_array(schema, "required"))
				is_required = is_required || (cJSON_IsString(r) && strcmp(r->valuestring, p->string) == 0);
			if (!is_required || !is_strict(p))
				return false;
		}
	}
	return json_object(schema, "items") == NULL || is_strict(json_object(schema, "items"));
}

static bool check_tool(struct gpt_ask *a, const cJSON *tool, size_t i, struct refusal *n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	const cJSON *f = gpt_function(a, tool), *parameters = json_object(f, "parameters");
	const char *name = json_text(f, "name");

	if (f == NULL)
		return refuse(n, "tools", "invalid_value", "Invalid value: 'tools[%zu]': only function tools are available here.", i);
	if (name == NULL)
		return refuse(n, "tools", "missing_required_parameter", "Missing required parameter: 'tools[%zu].%s'.", i, a->is_chat ? "function.name" : "name");
	if (*name == '\0' || strlen(name) > 64 || name[strspn(name, letters)] != '\0')
		return refuse(n, "tools", "invalid_value", "Invalid 'tools[%zu].name': string does not match pattern '^[a-zA-Z0-9_-]+$' or is too long.", i);
	if (!a->is_chat && json_member(f, "strict") == NULL)
		return refuse(n, "tools", "missing_required_parameter", "Missing required parameter: 'tools[%zu].strict'.", i);
	if (is_given(f, "parameters") && (parameters == NULL || json_text(parameters, "type") == NULL || strcmp(json_text(parameters, "type"), "object") != 0))
		return refuse(n, "tools", "invalid_function_parameters", "Invalid schema for function '%s': schema must be of 'type: \"object\"'.", name);
	if (json_bool(f, "strict", false) && !is_strict(parameters))
		return refuse(n, "tools", "invalid_function_parameters",
		    "Invalid schema for function '%s': 'additionalProperties' must be false and 'required' must name every property.", name);
	return true;
}

static bool check_tools(struct gpt_ask *a, struct refusal *n)
{
	const cJSON *tools = json_member(a->body, "tools"), *tool;
	size_t i = 0;

	if (tools != NULL && !cJSON_IsNull(tools) && !cJSON_IsArray(tools))
		return refuse(n, "tools", "invalid_type", "Invalid type for 'tools': expected an array.");
	cJSON_ArrayForEach(tool, json_array(a->body, "tools"))
		if (!check_tool(a, tool, i++, n))
			return false;
	if (i > 0 && a->is_chat && (a->model->rules & GPT_NO_CHAT_TOOLS) && a->reasons)
		return refuse(n, "tools", "unsupported_parameter",
		    "Function tools with reasoning are not supported for %s in /v1/chat/completions. Please use /v1/responses instead.", a->model->id);
	return true;
}

static const cJSON *find_function(const struct gpt_ask *a, const char *name)
{
	const cJSON *tool;

	cJSON_ArrayForEach(tool, json_array(a->body, "tools"))
		if (name == NULL || strcmp(json_text(gpt_function(a, tool), "name"), name) == 0)
			return gpt_function(a, tool);
	return NULL;
}

static bool check_tool_choice(struct gpt_ask *a, struct refusal *n)
{
	static const char *const words[] = {"auto", "none", "required", NULL};
	const cJSON *choice = json_member(a->body, "tool_choice"), *f = NULL;
	const char *word = cJSON_IsString(choice) ? choice->valuestring : NULL, *name;

	a->is_alone = !json_bool(a->body, "parallel_tool_calls", true);
	if (choice == NULL || cJSON_IsNull(choice))
		return true;
	if (word != NULL) {
		if (!is_one_of(word, words))
			return refuse(n, "tool_choice", "invalid_value", "Invalid value: '%.20s'. Supported values are: 'none', 'auto', and 'required'.", word);
		if (strcmp(word, "required") != 0)
			return true;
		f = find_function(a, NULL);
	} else {
		name = json_text(a->is_chat ? json_object(choice, "function") : choice, "name");
		f = name != NULL ? find_function(a, name) : NULL;
	}
	if (f == NULL)
		return refuse(n, "tool_choice", "invalid_value", "Tool choice must name a function in the 'tools' parameter.");
	a->forced = json_text(f, "name");
	a->forced_schema = json_object(f, "parameters");
	return true;
}

static bool check_format(struct gpt_ask *a, struct refusal *n)
{
	const cJSON *format = a->is_chat ? json_object(a->body, "response_format") : json_object(json_object(a->body, "text"), "format");
	const char *type = json_text(format, "type"), *param = a->is_chat ? "response_format" : "text.format";

	if (format == NULL || (type != NULL && strcmp(type, "text") == 0))
		return true;
	if (type == NULL || strcmp(type, "json_schema") != 0)
		return refuse(n, param, "invalid_value", "Invalid value for '%s.type': only 'text' and 'json_schema' are available here.", param);
	if (a->is_chat)
		format = json_object(format, "json_schema");
	a->format = json_object(format, "schema");
	if (a->format == NULL || json_text(format, "name") == NULL)
		return refuse(n, param, "missing_required_parameter", "Missing required parameter: '%s' wants a name and a schema.", param);
	return true;
}

static bool check_cache(struct gpt_ask *a, struct refusal *n)
{
	const cJSON *options = json_object(a->body, "prompt_cache_options");
	const char *mode = json_text(options, "mode"), *ttl = json_text(options, "ttl"), *retention = json_text(a->body, "prompt_cache_retention");
	bool is_paid = (a->model->rules & GPT_PAID_WRITES) != 0;

	if (options != NULL && !is_paid)
		return refuse(n, "prompt_cache_options", "unsupported_parameter", "Unsupported parameter: 'prompt_cache_options' is not supported with this model.");
	if (mode != NULL && strcmp(mode, "implicit") != 0 && strcmp(mode, "explicit") != 0)
		return refuse(n, "prompt_cache_options.mode", "invalid_value", "Invalid value: '%.20s'. Supported values are: 'implicit' and 'explicit'.", mode);
	if (ttl != NULL && strcmp(ttl, "30m") != 0 && !(strcmp(ttl, "12h") == 0 && (a->model->rules & GPT_TTL_12H)))
		return refuse(n, "prompt_cache_options.ttl", "invalid_value", "Invalid value: '%.20s'. Supported values are: '30m'.", ttl);
	if (retention != NULL && ttl != NULL)
		return refuse(n, "prompt_cache_retention", "invalid_value", "'prompt_cache_retention' and 'prompt_cache_options.ttl' cannot both be given.");
	if (retention != NULL && strcmp(retention, "24h") != 0 && (strcmp(retention, "in_memory") != 0 || (a->model->rules & GPT_ONLY_24H)))
		return refuse(n, "prompt_cache_retention", "unsupported_value", "Unsupported value: '%.20s' is not supported with this model.", retention);
	a->is_explicit = mode != NULL && strcmp(mode, "explicit") == 0;
	a->life = !is_paid ? LIFE_FREE : ttl != NULL && strcmp(ttl, "12h") == 0 ? LIFE_12H : LIFE_30M;
	return true;
}

static bool check_rest(struct gpt_ask *a, struct refusal *n)
{
	static const char *const tiers[] = {"auto", "default", "scale", "flex", "priority", "fast", NULL};
	const char *tier = json_text(a->body, "service_tier"), *safety = json_text(a->body, "safety_identifier");
	const cJSON *stop = json_member(a->body, "stop"), *v;

	if (tier != NULL && !is_one_of(tier, tiers))
		return refuse(n, "service_tier", "invalid_value", "Invalid value for 'service_tier': '%.20s'.", tier);
	a->service = tier == NULL ? SERVICE_DEFAULT : strcmp(tier, "flex") == 0 ? SERVICE_FLEX :
	    strcmp(tier, "priority") == 0 || strcmp(tier, "fast") == 0 ? SERVICE_PRIORITY : SERVICE_DEFAULT;
	if (!price_offers(a->model->id, a->service))
		return refuse(n, "service_tier", "invalid_value", "The service tier '%.20s' is not available for %s.", tier, a->model->id);
	if (safety != NULL && strlen(safety) > 64)
		return refuse(n, "safety_identifier", "string_above_max_length", "Invalid 'safety_identifier': string too long. Expected at most 64 characters.");
	if (is_given(a->body, "previous_response_id") || is_given(a->body, "conversation"))
		return refuse(n, "previous_response_id", "previous_response_not_found", "Previous response not found: the practice vendor keeps none.");
	a->stores = json_bool(a->body, "store", !a->is_chat);
	a->stops = cJSON_IsArray(stop) ? stop : NULL;
	if (stop != NULL && a->reasons && !cJSON_IsNull(stop))
		return refuse(n, "stop", "unsupported_parameter", "Unsupported parameter: 'stop' is not supported with this model.");
	cJSON_ArrayForEach(v, a->stops)
		if (!cJSON_IsString(v) || v->valuestring[0] == '\0' || cJSON_GetArraySize(a->stops) > 4)
			return refuse(n, "stop", "invalid_value", "Invalid 'stop': up to 4 texts that are not empty.");
	return true;
}

bool gpt_ask_read(struct gpt_ask *a, const struct request *q, bool is_chat, struct refusal *n)
{
	static bool (*const checks[])(struct gpt_ask *a, struct refusal *n) = {check_members, check_model, check_stream, check_max_tokens, check_effort,
	    check_sampling, check_tools, check_tool_choice, check_format, check_cache, check_rest};
	struct err e = {0};
	size_t i;

	*a = (struct gpt_ask){.is_chat = is_chat};
	talk_init(&a->talk);
	if (json_parse(q->body, &a->body, &e) != ERR_OK || !cJSON_IsObject(a->body))
		return refuse(n, NULL, NULL, "We could not parse the JSON body of your request: %s", e.text);
	for (i = 0; i < LENGTH(checks); i++)
		if (!checks[i](a, n))
			return false;
	return true;
}

void gpt_ask_release(struct gpt_ask *a)
{
	cJSON_Delete(a->body);
	talk_release(&a->talk);
	prompt_release(&a->prompt);
	*a = (struct gpt_ask){0};
}
