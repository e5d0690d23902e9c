// SPDX-License-Identifier: GPL-3.0-or-later
// Judged by OpenAI's own library: its stream helpers build the whole answer from
// the events and complain where an index, an item or an end does not fit.
import assert from "node:assert/strict";
import OpenAI from "openai";

const root = process.env.BASE, baseURL = root + "/v1";
const key = "sk-proj-practice-AAAA";
const client = new OpenAI({ baseURL, apiKey: key, maxRetries: 0 });
const model = "gpt-6.1-terra";
const schemas = {
  repo__list_files: { type: "object", properties: { limit: { type: "integer" } } },
  repo__read_file: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  repo__propose_patch: { type: "object", properties: { title: { type: "string" }, diff: { type: "string" } } },
};
const flat = Object.entries(schemas).map(([name, parameters]) => ({ type: "function", name, description: "It does.", parameters, strict: false }));
const nested = flat.map(({ type, ...f }) => ({ type, function: f }));
const blob = "blob: 1d88d0e8ab4ad3f3bd8c5d5d7d5b4c3a2f1e0d9c\npath: README.md\n\n" + "# Tally\n\nIt counts.\n\nUse it.\n\nOr not.\n\nThe end.\n";
const answers = { repo__list_files: "README.md\nsrc/a.c\n", repo__read_file: blob, repo__propose_patch: "Approved and carried out.\nThe answer:\n{}" };
const order = ["repo__list_files", "repo__read_file", "repo__propose_patch"];
const text = "Say in README.md how it is stopped", system = "You are Ada.\nrole: engineer\n" + "Be brief. ".repeat(600);
const sums = {};
const add = (m, fresh, read, write, out) => {
  const s = (sums[m] ??= { calls: 0, fresh: 0, read: 0, write: 0, out: 0 });
  s.calls++; s.fresh += fresh; s.read += read; s.write += write; s.out += out;
};

// --- Responses: a whole agent's loop, streamed, thoughts passed back -----------------------
let input = [{ role: "user", content: text }];
const seen = new Set(), called = [];
for (;;) {
  const stream = client.responses.stream({ model, instructions: system, tools: flat, input, store: false, prompt_cache_key: "ada", reasoning: { summary: "auto" }, safety_identifier: "s" });
  let last = -1, args = "", said = "";
  stream.on("event", (e) => {
    seen.add(e.type);
    assert.equal(e.sequence_number, last + 1);
    last = e.sequence_number;
    if (e.type === "response.function_call_arguments.delta") args += e.delta;
    if (e.type === "response.output_text.delta") said += e.delta;
  });
  const r = await stream.finalResponse();
  assert.equal(r.status, "completed");
  assert.equal(r.output_text, said);
  const u = r.usage;
  assert.equal(u.total_tokens, u.input_tokens + u.output_tokens);
  assert.ok(u.output_tokens_details.reasoning_tokens <= u.output_tokens);
  add(model, u.input_tokens - u.input_tokens_details.cached_tokens - u.input_tokens_details.cache_write_tokens, u.input_tokens_details.cached_tokens,
    u.input_tokens_details.cache_write_tokens, u.output_tokens);
  input = [...input, ...r.output.map(({ parsed_arguments, ...item }) => item)];
  const calls = r.output.filter((i) => i.type === "function_call");
  if (!calls.length) break;
  assert.ok(r.output.some((i) => i.type === "reasoning" && i.encrypted_content));
  assert.equal(args, calls.map((c) => c.arguments).join(""));
  for (const c of calls) {
    JSON.parse(c.arguments);
    called.push(c.name);
    input.push({ type: "function_call_output", call_id: c.call_id, output: answers[c.name] });
  }
  assert.ok(called.length < 8);
}
assert.deepEqual(called, order);
for (const kind of ["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done",
  "response.content_part.done", "response.output_item.done", "response.completed", "response.function_call_arguments.delta", "response.function_call_arguments.done",
  "response.reasoning_summary_text.delta", "response.reasoning_summary_part.added", "response.reasoning_summary_text.done"])
  assert.ok(seen.has(kind), kind);
assert.ok(sums[model].read > 4000 && sums[model].write > 1000, JSON.stringify(sums));

// A thought that was touched, an answer without its call, a call without its answer.
const bad = (change) => assert.rejects(client.responses.create({ model, input: change(structuredClone(input)), store: false }), OpenAI.BadRequestError);
await bad((i) => (i.find((x) => x.type === "reasoning").encrypted_content += "00", i));
await bad((i) => i.filter((x) => x.type !== "function_call"));
await bad((i) => i.filter((x) => x.type !== "function_call_output"));

// --- Chat Completions: the same, tool calls by index ------------------------------------------
const chatModel = "gpt-5.4";
const messages = [{ role: "developer", content: system }, { role: "user", content: text }], chatted = [];
for (;;) {
  const stream = client.chat.completions.stream({ model: chatModel, messages, tools: nested, stream_options: { include_usage: true } });
  let chunks = 0;
  stream.on("chunk", (c) => (chunks++, assert.ok(c.choices.length === 1 ? c.usage === null : c.usage.total_tokens > 0)));
  const c = await stream.finalChatCompletion();
  const u = await stream.totalUsage();
  add(chatModel, c.usage.prompt_tokens - c.usage.prompt_tokens_details.cached_tokens, c.usage.prompt_tokens_details.cached_tokens, 0, c.usage.completion_tokens);
  assert.equal(u.prompt_tokens, c.usage.prompt_tokens);
  const m = c.choices[0].message;
  messages.push({ role: "assistant", content: m.content, ...(m.tool_calls?.length ? { tool_calls: m.tool_calls.map(({ id, type, function: { name, arguments: a } }) => ({ id, type, function: { name, arguments: a } })) } : {}) });
  if (!m.tool_calls?.length) {
    assert.equal(c.choices[0].finish_reason, "stop");
    break;
  }
  assert.equal(c.choices[0].finish_reason, "tool_calls");
  assert.ok(chunks > 3);
  for (const t of m.tool_calls) {
    chatted.push(t.function.name);
    messages.push({ role: "tool", tool_call_id: t.id, content: answers[t.function.name] });
  }
  assert.ok(chatted.length < 8);
}
assert.deepEqual(chatted, order);
assert.ok(sums[chatModel].read > 4000);

// --- the books hold the same figures -----------------------------------------------------------
const books = await (await fetch(root + "/practice/books")).json();
for (const [m, s] of Object.entries(sums)) {
  const mine = books.calls.filter((c) => c.model === m);
  const total = (f) => mine.reduce((n, c) => n + f(c), 0);
  assert.deepEqual([mine.length, total((c) => c.input_tokens), total((c) => c.cache_read_tokens), total((c) => c.cache_write["30m"] + c.cache_write["12h"]), total((c) => c.output_tokens)],
    [s.calls, s.fresh, s.read, s.write, s.out], m);
}

// --- what is particular --------------------------------------------------------------------------
const ask = (t, more = {}, c = client) => c.responses.create({ model, input: t, store: false, ...more });
assert.equal((await ask("x [fault max-tokens]")).incomplete_details.reason, "max_output_tokens");
const refused = await ask("x [fault refusal]");
assert.equal(refused.status, "completed");
assert.equal(refused.output.at(-1).content[0].type, "refusal");
assert.equal((await ask("x", { service_tier: "fast" })).service_tier, "priority");
assert.equal((await ask("x", { service_tier: "auto" })).service_tier, "default");
const forced = await ask("x", { tools: flat, tool_choice: { type: "function", name: "repo__read_file" } });
assert.deepEqual(JSON.parse(forced.output.at(-1).arguments), { path: "practice" });
const format = { type: "json_schema", name: "n", strict: true, schema: { type: "object", properties: { n: { type: "integer" } }, required: ["n"], additionalProperties: false } };
assert.deepEqual(JSON.parse((await ask("x", { text: { format } })).output_text), { n: 1 });
const explicit = await ask([{ role: "user", content: [{ type: "input_text", text: "y".repeat(8000), prompt_cache_breakpoint: { mode: "explicit" } }, { type: "input_text", text: "tail" }] }],
  { prompt_cache_options: { mode: "explicit", ttl: "30m" } });
assert.deepEqual([explicit.usage.input_tokens_details.cache_write_tokens, explicit.usage.input_tokens], [2000, 2001]);
assert.equal((await ask("z".repeat(8000), { prompt_cache_options: { mode: "explicit" } })).usage.input_tokens_details.cache_write_tokens, 0);

// --- what models refuse ----------------------------------------------------------------------------
const refusals = [
  () => ask("x", { temperature: 0.2 }), () => ask("x", { max_output_tokens: 3 }), () => ask("x", { reasoning: { effort: "minimal" } }), () => ask("x", { bogus: 1 }),
  () => ask("x", { model: "gpt-6.1-sol", reasoning: { effort: "none" } }), () => ask("x", { prompt_cache_retention: "in_memory" }), () => ask("x", { prompt_cache_options: { ttl: "30m" }, prompt_cache_retention: "24h" }),
  () => ask("x", { model: "gpt-5.4", prompt_cache_options: { mode: "explicit" } }), () => ask("x", { safety_identifier: "s".repeat(65) }),
  () => ask("x", { tools: [{ ...flat[0], strict: true }] }), () => ask("x", { tools: [{ type: "function", name: "f", parameters: schemas.repo__read_file }] }), () => ask("x", { service_tier: "ultrafast" }),
  () => client.chat.completions.create({ model, messages: [{ role: "user", content: "x" }], tools: nested }),
  () => client.chat.completions.create({ model, messages: [{ role: "user", content: "x" }], max_tokens: 9 }),
  () => client.chat.completions.create({ model, messages: [{ role: "user", content: "x" }], temperature: 0 }),
  () => ask("x".repeat(4300000)),
];
for (const f of refusals) await assert.rejects(f, (e) => e instanceof OpenAI.BadRequestError && e.type === "invalid_request_error" && /^req_/.test(e.requestID), f.toString());
await assert.rejects(ask("x".repeat(4300000)), { code: "context_length_exceeded" });
await client.chat.completions.create({ model, messages: [{ role: "user", content: "x" }], tools: nested, reasoning_effort: "none", temperature: 0 });

// --- errors by class ---------------------------------------------------------------------------------
const classes = [["401", OpenAI.AuthenticationError], ["403", OpenAI.PermissionDeniedError], ["404", OpenAI.NotFoundError], ["429", OpenAI.RateLimitError], ["402", OpenAI.RateLimitError],
  ["400-limit", OpenAI.BadRequestError], ["500", OpenAI.InternalServerError], ["503", OpenAI.InternalServerError], ["529", OpenAI.InternalServerError]];
for (const [kind, type] of classes) await assert.rejects(ask(`x [fault ${kind}]`), (e) => e instanceof type && /^req_/.test(e.requestID) && e.error.message.length > 0, kind);
await assert.rejects(ask("x [fault 402]"), { code: "insufficient_quota", type: "insufficient_quota" });
const as = (apiKey, maxRetries = 0) => new OpenAI({ baseURL, apiKey, maxRetries });
await assert.rejects(ask("x", {}, as("sk-proj-x-revoked")), OpenAI.AuthenticationError);
await assert.rejects(ask("x", {}, as("sk-proj-x-nocredit")), { status: 429, code: "insufficient_quota" });
assert.ok((await as("sk-proj-x-nocredit").models.list()).data.length > 20);
assert.equal((await ask("x [fault 429-retry]", {}, as(key, 1))).object, "response");
const streamed = (t) => client.responses.stream({ model, input: t, store: false }).finalResponse();
await assert.rejects(streamed("x [fault cut]"));
assert.equal((await streamed("x [fault failed]")).status, "failed");
await assert.rejects((async () => { for await (const e of await client.responses.create({ model, input: "x [fault error-event]", stream: true, store: false })) if (e.type === "error") throw new Error(e.code); })(), /server_error/);
const chunks = async (t) => { for await (const c of await client.chat.completions.create({ model: chatModel, messages: [{ role: "user", content: t }], stream: true })); };
await assert.rejects(chunks("x [fault error-event]"), OpenAI.APIError);
await assert.rejects(chunks("x [fault cut]"));

// --- models and limits ----------------------------------------------------------------------------------
const ids = [];
for await (const m of client.models.list()) ids.push(m.id);
assert.ok(ids.length > 20 && ids.includes(model));
assert.equal((await client.models.retrieve("o3")).shutdown_date, "2026-12-11");
await assert.rejects(client.models.retrieve("none"), OpenAI.NotFoundError);
const { response } = await client.responses.create({ model, input: "x", store: false }).withResponse();
for (const kind of ["requests", "tokens"]) assert.match(response.headers.get(`x-ratelimit-reset-${kind}`), /^(\d+h)?(\d+m)?(\d+(\.\d+)?s|\d+ms)$/);
console.log(`ok: OpenAI: ${sums[model].calls} + ${sums[chatModel].calls} streamed turns, ${ids.length} models, ${refusals.length} refusals, ${classes.length + 8} errors`);
