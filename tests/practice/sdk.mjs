// SPDX-License-Identifier: GPL-3.0-or-later
// Judged by the library itself: its stream helper checks the order of events,
// joins the pieces of tool inputs and knows the class of each error.
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";

const baseURL = process.env.BASE;
const client = new Anthropic({ baseURL, apiKey: "sk-ant-api03-practice-AAAA", maxRetries: 0 });
const model = "claude-opus-5";
const tools = [
  { name: "repo__list_files", description: "List.", input_schema: { type: "object", properties: { limit: { type: "integer" } } } },
  { name: "repo__read_file", description: "Read.", input_schema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] } },
  { name: "repo__propose_patch", description: "Patch.", input_schema: { type: "object", properties: { title: { type: "string" }, diff: { type: "string" } } } },
];
const blob = "blob: 1d88d0e8ab4ad3f3bd8c5d5d7d5b4c3a2f1e0d9c\npath: README.md\n\n" + "# Tally\n\nIt counts.\n\nUse it.\n\nOr not.\n\nThe end.\n";
const answers = { repo__list_files: "README.md\nsrc/a.c\n", repo__read_file: blob, repo__propose_patch: "Approved and carried out.\nThe answer:\n{}" };

// A whole agent's loop, streamed; the library's final message is what its events added up to.
const messages = [{ role: "user", content: "Say in README.md how it is stopped" }];
const system = [{ type: "text", text: "You are Ada.\nrole: engineer\n" + "Be brief. ".repeat(400), cache_control: { type: "ephemeral", ttl: "1h" } }];
const seen = new Set(), called = [];
let fresh = 0, read = 0, written = 0, output = 0, calls = 0;
for (;;) {
  const stream = client.messages.stream({ model, max_tokens: 2000, system, tools, messages, cache_control: { type: "ephemeral" } });
  let text = "", json = "";
  stream.on("text", (t) => (text += t));
  stream.on("inputJson", (t) => (json += t));
  stream.on("streamEvent", (e) => seen.add(e.type + (e.delta?.type ? "/" + e.delta.type : "")));
  const m = await stream.finalMessage();
  calls++;
  fresh += m.usage.input_tokens;
  read += m.usage.cache_read_input_tokens;
  written += m.usage.cache_creation_input_tokens;
  output += m.usage.output_tokens;
  assert.equal(m.usage.cache_creation.ephemeral_1h_input_tokens + m.usage.cache_creation.ephemeral_5m_input_tokens, m.usage.cache_creation_input_tokens);
  assert.match(m._request_id ?? stream.request_id, /^req_/);
  const use = m.content.find((b) => b.type === "tool_use");
  assert.equal(text, m.content.filter((b) => b.type === "text").map((b) => b.text).join(""));
  messages.push({ role: "assistant", content: m.content });
  if (!use) {
    assert.equal(m.stop_reason, "end_turn");
    break;
  }
  assert.equal(m.stop_reason, "tool_use");
  assert.deepEqual(JSON.parse(json), use.input);
  called.push(use.name);
  messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: use.id, content: answers[use.name] }] });
  assert.ok(calls < 8);
}
assert.deepEqual(called, ["repo__list_files", "repo__read_file", "repo__propose_patch"]);
for (const kind of ["message_start", "content_block_start", "content_block_delta/thinking_delta", "content_block_delta/signature_delta", "content_block_delta/text_delta",
  "content_block_delta/input_json_delta", "content_block_stop", "message_delta", "message_stop"])
  assert.ok([...seen].some((s) => s.startsWith(kind)), kind);
assert.ok(read > 3000 && written > 1000 && fresh < 100, `${fresh} ${read} ${written}`);

// The books hold the same figures.
const books = await (await fetch(baseURL + "/practice/books")).json();
const sum = books.by_vendor.anthropic;
assert.deepEqual([sum.calls, sum.input_tokens, sum.cache_read_tokens, sum.cache_write["5m"] + sum.cache_write["1h"], sum.output_tokens], [calls, fresh, read, written, output]);

// Without a stream, tokens, models by pages, errors by class.
const whole = await client.messages.create({ model, max_tokens: 50, messages: [{ role: "user", content: "Good day" }] });
assert.equal(whole.content.at(-1).type, "text");
const count = await client.messages.countTokens({ model, system, tools, messages: messages.slice(0, 1) });
assert.ok(count.input_tokens > 1000);
const ids = [];
for await (const m of client.models.list({ limit: 5 })) ids.push(m.id);
assert.ok(ids.length > 10 && new Set(ids).size === ids.length && ids.includes(model));
assert.equal((await client.models.retrieve(model)).display_name, "Claude Opus 5");

const ask = (text, c = client) => c.messages.create({ model, max_tokens: 50, messages: [{ role: "user", content: text }] });
const classes = [["401", Anthropic.AuthenticationError], ["403", Anthropic.PermissionDeniedError], ["404", Anthropic.NotFoundError], ["429", Anthropic.RateLimitError],
  ["400-limit", Anthropic.BadRequestError], ["500", Anthropic.InternalServerError], ["529", Anthropic.InternalServerError]];
for (const [kind, type] of classes)
  await assert.rejects(ask(`x [fault ${kind}]`), (e) => e instanceof type && e.error.type === "error" && /^req_/.test(e.requestID ?? e.request_id));
await assert.rejects(ask("x", new Anthropic({ baseURL, apiKey: "sk-ant-api03-x-revoked", maxRetries: 0 })), Anthropic.AuthenticationError);
const patient = new Anthropic({ baseURL, apiKey: "sk-ant-api03-practice-AAAA", maxRetries: 1 });
assert.equal((await ask("x [fault 429-retry]", patient)).type, "message");
await assert.rejects(client.messages.stream({ model, max_tokens: 50, messages: [{ role: "user", content: "x [fault error-event]" }] }).finalMessage(), Anthropic.APIError);
await assert.rejects(client.messages.stream({ model, max_tokens: 50, messages: [{ role: "user", content: "x [fault cut]" }] }).finalMessage());
console.log(`ok: ${calls} streamed turns, ${ids.length} models, ${classes.length + 4} errors`);
