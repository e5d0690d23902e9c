// SPDX-License-Identifier: GPL-3.0-or-later
// Judged by AWS's own libraries: they sign every request, read the binary stream
// with its check sums, and know the class of each error. Anthropic's library reads
// the Messages API under /anthropic.
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockClient, ListFoundationModelsCommand, ListInferenceProfilesCommand } from "@aws-sdk/client-bedrock";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const endpoint = process.env.BASE, region = "us-east-1";
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
// Left to itself the library speaks HTTP/2, which the practice vendor does not.
const common = { endpoint, region, maxAttempts: 1, requestHandler: new NodeHttpHandler() };
const signed = new BedrockRuntimeClient({ ...common, credentials });
const session = new BedrockRuntimeClient({ ...common, credentials: { ...credentials, sessionToken: "practice/token+==" } });
const bearer = (token) => new BedrockRuntimeClient({ ...common, token: { token }, authSchemePreference: ["httpBearerAuth"] });
const keyed = bearer("ABSKcHJhY3RpY2U6QUFBQQ==");
const modelId = "global.anthropic.claude-opus-5", old = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const schemas = {
  repo__list_files: { type: "object", properties: { limit: { type: "integer" } } },
  repo__read_file: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  repo__propose_patch: { type: "object", properties: { title: { type: "string" }, diff: { type: "string" } } },
};
const toolConfig = { tools: Object.entries(schemas).map(([name, json]) => ({ toolSpec: { name, description: "It does.", inputSchema: { json } } })) };
const blob = "blob: 1d88d0e8ab4ad3f3bd8c5d5d7d5b4c3a2f1e0d9c\npath: README.md\n\n" + "# Tally\n\nIt counts.\n\nUse it.\n\nOr not.\n\nThe end.\n";
const answers = { repo__list_files: "README.md\nsrc/a.c\n", repo__read_file: blob, repo__propose_patch: "Approved and carried out.\nThe answer:\n{}" };
const said = (text) => [{ role: "user", content: [{ text }] }];

// One stream read to its end, put together as a message; the order is judged too.
async function converse(client, input) {
  const out = await client.send(new ConverseStreamCommand(input));
  const content = [], json = [];
  let stop, meta, role, deltas = 0;
  for await (const e of out.stream) {
    assert.ok(!meta, "metadata comes last");
    if (e.messageStart) role = e.messageStart.role;
    else if (e.contentBlockStart) {
      assert.equal(e.contentBlockStart.contentBlockIndex, content.length);
      content.push({ toolUse: { ...e.contentBlockStart.start.toolUse } });
      json[content.length - 1] = "";
    } else if (e.contentBlockDelta) {
      const { contentBlockIndex: i, delta: d } = e.contentBlockDelta;
      deltas++;
      if (d.text !== undefined) (content[i] ??= { text: "" }).text += d.text;
      else if (d.toolUse) json[i] += d.toolUse.input;
      else {
        const t = (content[i] ??= { reasoningContent: { reasoningText: { text: "" } } }).reasoningContent.reasoningText;
        if (d.reasoningContent.text) t.text += d.reasoningContent.text;
        if (d.reasoningContent.signature) t.signature = d.reasoningContent.signature;
      }
    } else if (e.contentBlockStop) assert.equal(e.contentBlockStop.contentBlockIndex, content.length - 1);
    else if (e.messageStop) stop = e.messageStop.stopReason;
    else if (e.metadata) meta = (assert.ok(stop), e.metadata);
    else assert.fail(JSON.stringify(e));
  }
  content.forEach((b, i) => b.toolUse && (b.toolUse.input = JSON.parse(json[i] || "{}")));
  assert.match(out.$metadata.requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  return { message: { role, content }, stop, usage: meta?.usage, meta, deltas, id: out.$metadata.requestId };
}

// A whole agent's loop, once signed, once with a token of a session, once with a bearer key.
const sums = {};
for (const [name, client] of [["signed", signed], ["session", session], ["bearer", keyed]]) {
  const messages = said("Say in README.md how it is stopped"), called = [];
  const system = [{ text: `You are Ada. ${name}\nrole: engineer\n` + "Be brief. ".repeat(400) }, { cachePoint: { type: "default", ttl: "1h" } }];
  const sum = (sums[name] = { calls: 0, fresh: 0, read: 0, write: 0, out: 0, ids: [] });
  for (;;) {
    const r = await converse(client, { modelId, system, messages, toolConfig, inferenceConfig: { maxTokens: 2000 } });
    const u = r.usage;
    assert.equal(u.totalTokens, u.inputTokens + u.outputTokens + (u.cacheReadInputTokens ?? 0) + (u.cacheWriteInputTokens ?? 0));
    assert.equal((u.cacheDetails ?? []).reduce((n, d) => n + d.inputTokens, 0), u.cacheWriteInputTokens ?? 0);
    assert.equal(r.meta.serviceTier.type, "default");
    sum.calls++; sum.fresh += u.inputTokens; sum.read += u.cacheReadInputTokens ?? 0; sum.write += u.cacheWriteInputTokens ?? 0; sum.out += u.outputTokens; sum.ids.push(r.id);
    messages.push(r.message);
    const use = r.message.content.find((b) => b.toolUse)?.toolUse;
    if (!use) { assert.equal(r.stop, "end_turn"); break; }
    assert.equal(r.stop, "tool_use");
    assert.ok(r.message.content.some((b) => b.reasoningContent?.reasoningText.signature));
    called.push(use.name);
    messages.push({ role: "user", content: [{ toolResult: { toolUseId: use.toolUseId, status: "success", content: [{ text: answers[use.name] }] } }] });
    assert.ok(called.length < 8);
  }
  assert.deepEqual(called, ["repo__list_files", "repo__read_file", "repo__propose_patch"], name);
  assert.ok(sum.read > 2000 && sum.write > 900, JSON.stringify(sum));
}
const books = await (await fetch(endpoint + "/practice/books")).json();
for (const [name, s] of Object.entries(sums)) {
  const mine = books.calls.filter((c) => s.ids.includes(c.request_id)), total = (f) => mine.reduce((n, c) => n + f(c), 0);
  assert.deepEqual([mine.length, total((c) => c.input_tokens), total((c) => c.cache_read_tokens), total((c) => c.cache_write["5m"] + c.cache_write["1h"]), total((c) => c.output_tokens)],
    [s.calls, s.fresh, s.read, s.write, s.out], name);
  assert.ok(mine.every((c) => c.vendor === "bedrock" && c.model === modelId && c.complete && Number(c.cost_usd) > 0));
}

// Without a stream; ids with a colon and ARNs with a slash are signed twice encoded.
const whole = await signed.send(new ConverseCommand({ modelId: old, messages: said("Good day") }));
assert.ok(whole.output.message.content.at(-1).text && whole.stopReason === "end_turn" && whole.usage.totalTokens > 0);
const arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/" + old;
assert.ok((await signed.send(new ConverseCommand({ modelId: arn, messages: said("Good day") }))).stopReason);
assert.ok((await converse(signed, { modelId: "amazon.nova-pro-v1:0", messages: said("Good day") })).usage.inputTokens > 0);
assert.ok((await converse(signed, { modelId: "us.openai.gpt-5.6-terra", messages: said("Good day") })).usage.inputTokens > 0);
const forced = await signed.send(new ConverseCommand({ modelId: old, messages: said("x"), toolConfig: { ...toolConfig, toolChoice: { tool: { name: "repo__read_file" } } } }));
assert.deepEqual(forced.output.message.content.at(-1).toolUse.input, { path: "practice" });
assert.equal((await signed.send(new ConverseCommand({ modelId, messages: said("x [fault refusal]") }))).stopReason, "content_filtered");
assert.equal((await signed.send(new ConverseCommand({ modelId, messages: said("x"), inferenceConfig: { maxTokens: 3 } }))).stopReason, "max_tokens");
assert.equal((await converse(signed, { modelId, messages: said("x [fault split]") })).stop, "end_turn");
assert.equal((await converse(signed, { modelId, messages: said("x [fault overbill]"), inferenceConfig: { maxTokens: 100 } })).usage.outputTokens, 250);

// Tokens.
const converseInput = { converse: { messages: said("y".repeat(400)), system: [{ text: "z".repeat(400) }] } };
assert.equal((await signed.send(new CountTokensCommand({ modelId, input: converseInput }))).inputTokens, 200);
const body = new TextEncoder().encode(JSON.stringify({ anthropic_version: "bedrock-2023-05-31", max_tokens: 1, messages: [{ role: "user", content: "y".repeat(399) }] }));
assert.equal((await keyed.send(new CountTokensCommand({ modelId, input: { invokeModel: { body } } }))).inputTokens, 100);

// Errors by class.
const send = (client, input) => client.send(new ConverseCommand({ modelId, messages: said("x"), ...input }));
const named = (name, status) => (e) => e.name === name && e.$metadata.httpStatusCode === status && (e.message?.length > 0 || assert.fail(e.name));
const kinds = [["401", "UnrecognizedClientException", 403], ["403", "AccessDeniedException", 403], ["404", "ResourceNotFoundException", 404], ["429", "ThrottlingException", 429],
  ["400-limit", "ServiceQuotaExceededException", 400], ["413", "ValidationException", 400], ["500", "InternalServerException", 500], ["529", "ServiceUnavailableException", 503],
  ["504", "ModelTimeoutException", 408], ["402", "AccessDeniedException", 403]];
for (const [kind, name, status] of kinds) await assert.rejects(send(signed, { messages: said(`x [fault ${kind}]`) }), named(name, status), kind);
const bare = await send(signed, { modelId: "anthropic.claude-opus-5-5" }).catch((e) => e);
assert.ok(bare.name === "ValidationException" && bare.message.includes("on-demand throughput"), bare.message);
const invalid = [{ modelId: "us.anthropic.claude-none" }, { modelId: "eu.anthropic.claude-opus-5" }, { messages: [{ role: "assistant", content: [{ text: "x" }] }] }, { messages: [...said("x"), ...said("y")] },
  { messages: said(" ") }, { messages: [...said("x"), { role: "assistant", content: [{ toolUse: { toolUseId: "t", name: "n", input: {} } }] }, { role: "user", content: [{ toolResult: { toolUseId: "t", content: [{ text: "r" }] } }] }] },
  { additionalModelRequestFields: { thinking: { type: "disabled" }, bogus: 1 } }, { modelId: "global.anthropic.claude-sonnet-5", inferenceConfig: { temperature: 0.5 } }, { serviceTier: { type: "priority" } }];
for (const input of invalid) await assert.rejects(send(signed, input), named("ValidationException", 400), JSON.stringify(input));
const as = (more, options = {}) => new BedrockRuntimeClient({ ...common, credentials: { ...credentials, ...more }, ...options });
await assert.rejects(send(as({ secretAccessKey: "another" })), named("InvalidSignatureException", 403));
await assert.rejects(send(as({ accessKeyId: "AKIDOTHER" })), named("UnrecognizedClientException", 403));
await assert.rejects(send(as({ accessKeyId: "AKIDREVOKED" })), named("UnrecognizedClientException", 403));
await assert.rejects(send(as({ accessKeyId: "AKIDNOCREDIT" })), named("AccessDeniedException", 403));
await assert.rejects(send(as({ sessionToken: "old-expired" })), named("ExpiredTokenException", 403));
await assert.rejects(send(bearer("ABSKx-revoked")), named("AccessDeniedException", 403));
await assert.rejects(send(bearer("ABSKx-nocredit")), /INVALID_PAYMENT_INSTRUMENT/);
await assert.rejects(send(as({}, { systemClockOffset: -400000 })), (e) => /Signature expired/.test(e.message));
assert.ok(Math.abs(await send(as({}, { systemClockOffset: -400000, maxAttempts: 2 })).then((r) => r.usage.totalTokens)) > 0, "the Date of the refusal mends the clock");
await assert.rejects(converse(signed, { modelId, messages: said("x [fault error-event]") }), { name: "ModelStreamErrorException", originalStatusCode: 500 });
await assert.rejects(converse(signed, { modelId, messages: said("x [fault garbage]") }), /checksum/i);
await assert.rejects(converse(signed, { modelId, messages: said("x [fault cut]") }));
assert.equal((await send(new BedrockRuntimeClient({ ...common, credentials, maxAttempts: 2 }), { messages: said("x [fault 429-retry]") })).stopReason, "end_turn");

// Lists.
const control = new BedrockClient({ ...common, credentials });
const models = (await control.send(new ListFoundationModelsCommand({}))).modelSummaries;
assert.ok(models.length > 20 && models.every((m) => m.modelLifecycle.status === "ACTIVE" && m.modelArn.startsWith("arn:aws:bedrock:us-east-1::")));
assert.ok((await control.send(new ListFoundationModelsCommand({ byProvider: "anthropic" }))).modelSummaries.every((m) => m.inferenceTypesSupported[0] === "INFERENCE_PROFILE"));
const profiles = [];
let nextToken;
do {
  const page = await control.send(new ListInferenceProfilesCommand({ typeEquals: "SYSTEM_DEFINED", maxResults: 7, nextToken }));
  profiles.push(...page.inferenceProfileSummaries.map((p) => p.inferenceProfileId));
  ({ nextToken } = page);
} while (nextToken);
assert.ok(profiles.length > 30 && new Set(profiles).size === profiles.length && profiles.includes(modelId) && profiles.includes(old));

// The Messages API on Bedrock.
const claude = new Anthropic({ baseURL: endpoint + "/anthropic", apiKey: null, authToken: "ABSKcHJhY3RpY2U6QUFBQQ==", maxRetries: 0 });
const m = await claude.messages.stream({ model: modelId, max_tokens: 200, messages: [{ role: "user", content: "Good day" }] }).finalMessage();
assert.equal(m.content.at(-1).type, "text");
assert.ok((await claude.messages.countTokens({ model: modelId, messages: [{ role: "user", content: "Good day" }] })).input_tokens === 2);
await assert.rejects(claude.messages.create({ model: "claude-opus-5", max_tokens: 9, messages: [{ role: "user", content: "x" }] }), Anthropic.NotFoundError);
await assert.rejects(claude.messages.create({ model: modelId, max_tokens: 9, messages: [{ role: "user", content: "x [fault 529]" }] }), (e) => e.status === 529 && e.error.type === "error");
const last = (await (await fetch(endpoint + "/practice/books")).json()).calls.at(-1);
assert.deepEqual([last.vendor, last.model], ["bedrock", modelId]);
console.log(`ok: Bedrock: ${Object.values(sums).map((s) => s.calls).join(" + ")} streamed turns, ${models.length} models, ${profiles.length} profiles, ${kinds.length + invalid.length + 13} errors`);
