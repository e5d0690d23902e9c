// SPDX-License-Identifier: GPL-3.0-or-later
// The usage and cost reports, read by OpenAI's and AWS's own libraries (Anthropic's
// has none) and compared with the vendor's books. The vendor runs with --gap 3.2.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { CostExplorerClient, GetCostAndUsageCommand } from "@aws-sdk/client-cost-explorer";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const root = process.env.BASE, DAY = 86400;
const post = async (path, body) => (await fetch(root + path, { method: "POST", body: JSON.stringify(body) })).json();
const admin = { "x-api-key": "sk-ant-admin01-practice-AAAA", "anthropic-version": "2023-06-01" };

// Three weeks of sales, two a day and vendor, one on the last second of its day.
const start = Date.UTC(2026, 9, 20) / 1000, days = 21, sales = [];
const day = (n) => new Date((start + n * DAY) * 1000).toISOString();
for (let n = 0; n < days; n++)
  for (const [vendor, model] of [["anthropic", "claude-opus-5"], ["openai", "gpt-6.1-terra"], ["bedrock", "global.anthropic.claude-opus-5-5"], ["bedrock", "amazon.nova-pro-v1:0"]]) {
    const write = vendor === "openai" ? { "30m": 100000 } : { "5m": 100000, "1h": 50000 };
    sales.push({ vendor, model, at: day(n), key: "one", input_tokens: 1000000 + n, cache_read_tokens: 200000, cache_write: write, output_tokens: 300000 });
    sales.push({ vendor, model, at: new Date((start + (n + 1) * DAY) * 1000 - 1).toISOString(), key: "two", input_tokens: 1000, output_tokens: 1000 });
  }
assert.deepEqual(await post("/practice/sales", sales), { added: sales.length });
const books = await (await fetch(root + "/practice/books")).json();
const billed = (vendor) => Number(books.by_vendor[vendor].cost_usd), near = (a, b, what) => assert.ok(Math.abs(a - b) < 1e-6, `${what}: ${a} ${b}`);
const GAP = 1.032;

// Anthropic: pages, tokens by model and key, cents as text.
async function pages(path, query) {
  const data = [];
  for (let page; ; ) {
    const r = await fetch(`${root}${path}?${query}${page ? "&page=" + page : ""}`, { headers: admin });
    assert.equal(r.status, 200, path);
    const body = await r.json();
    data.push(...body.data);
    assert.equal(body.has_more, body.next_page !== null);
    if (!body.has_more) return data;
    page = body.next_page;
  }
}
const span = `starting_at=${day(0)}&ending_at=${day(days)}`;
const costs = await pages("/v1/organizations/cost_report", span);
assert.equal(costs.length, days);
near(costs.flatMap((b) => b.results).reduce((n, r) => n + Number(r.amount), 0) / 100, billed("anthropic") * GAP, "cost_report");
assert.ok(costs.every((b) => b.results.length === 1 && b.results[0].currency === "USD" && /^\d+(\.\d+)?$/.test(b.results[0].amount) && b.results[0].model === null));
const described = await pages("/v1/organizations/cost_report", span + "&group_by[]=description&limit=31");
near(described.flatMap((b) => b.results).reduce((n, r) => n + Number(r.amount), 0) / 100, billed("anthropic") * GAP, "by description");
assert.deepEqual([...new Set(described[0].results.map((r) => r.token_type))].sort(), ["cache_creation.ephemeral_1h_input_tokens", "cache_creation.ephemeral_5m_input_tokens",
  "cache_read_input_tokens", "output_tokens", "uncached_input_tokens"]);
const usage = await pages("/v1/organizations/usage_report/messages", span + "&group_by[]=model&group_by[]=api_key_id&limit=5");
assert.equal(usage.length, days);
assert.ok(usage.every((b) => b.results.length === 2 && b.results.every((r) => r.model === "claude-opus-5" && /^apikey_/.test(r.api_key_id) && r.workspace_id === null)));
assert.equal(usage[3].results.reduce((n, r) => n + r.uncached_input_tokens, 0), Math.round(1000003 * GAP) + 1032);
assert.equal(usage[3].results.reduce((n, r) => n + r.cache_creation.ephemeral_1h_input_tokens, 0), 51600);
assert.equal((await pages("/v1/organizations/usage_report/messages", span + "&models[]=claude-none"))[0].results.length, 0);
const hours = await pages("/v1/organizations/usage_report/messages", `starting_at=${day(0)}&ending_at=${day(1)}&bucket_width=1h&limit=168`);
assert.deepEqual(hours.map((b) => b.results.length), [1, ...Array(22).fill(0), 1]);
const status = async (path, headers) => (await fetch(root + path, { headers })).status;
assert.equal((await (await fetch(root + "/v1/organizations/me", { headers: admin })).json()).type, "organization");
assert.equal(await status("/v1/organizations/cost_report?" + span, { ...admin, "x-api-key": "sk-ant-api03-practice-AAAA" }), 401);
for (const query of ["", "starting_at=x", span + "&limit=32", span + "&bucket_width=2d", span + "&page=x", `starting_at=${day(2)}&ending_at=${day(1)}`])
  assert.equal(await status("/v1/organizations/cost_report?" + query, admin), 400, query);

// OpenAI: by its own library.
const client = new OpenAI({ baseURL: root + "/v1", apiKey: null, adminAPIKey: "sk-admin-practice-AAAA", maxRetries: 0 });
const all = async (method, params) => {
  const data = [];
  for (let page; ; ) {
    const body = await client.admin.organization.usage[method]({ start_time: start, end_time: start + days * DAY, ...params, ...(page ? { page } : {}) });
    assert.equal(body.object, "page");
    data.push(...body.data);
    if (!body.has_more) return data;
    page = body.next_page;
  }
};
const dollars = await all("costs", { limit: 4 });
assert.deepEqual([dollars.length, dollars[2].start_time], [days, start + 2 * DAY]);
near(dollars.flatMap((b) => b.results).reduce((n, r) => n + r.amount.value, 0), billed("openai") * GAP, "costs");
assert.ok(dollars.every((b) => b.results[0].amount.currency === "usd"));
const lines = await all("costs", { group_by: ["line_item"], limit: 180 });
near(lines.flatMap((b) => b.results).reduce((n, r) => n + r.amount.value, 0), billed("openai") * GAP, "by line");
assert.deepEqual(lines[0].results.map((r) => r.line_item), ["input", "cached input", "cache write", "output"].map((w) => "gpt-6.1-terra, " + w));
const used = (await all("completions", { group_by: ["model", "api_key_id", "service_tier"] })).flatMap((b) => b.results);
assert.equal(used.length, days * 2);
assert.ok(used.every((r) => r.model === "gpt-6.1-terra" && r.service_tier === "default" && r.input_tokens === r.input_cached_tokens + r.input_cache_write_tokens + r.input_uncached_tokens));
assert.equal(used.reduce((n, r) => n + r.num_model_requests, 0), days * 2);
await assert.rejects(client.admin.organization.usage.costs({ start_time: start, limit: 181 }), OpenAI.BadRequestError);
await assert.rejects(new OpenAI({ baseURL: root + "/v1", apiKey: null, adminAPIKey: "sk-proj-practice", maxRetries: 0 }).admin.organization.usage.costs({ start_time: start }), OpenAI.PermissionDeniedError);

// AWS: Cost Explorer, signed for ce; a month and a bit comes in pages.
const ce = new CostExplorerClient({ endpoint: root, region: "us-east-1", maxAttempts: 1, requestHandler: new NodeHttpHandler(),
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" } });
const explore = async (more) => {
  const results = [];
  for (let NextPageToken; ; ) {
    const out = await ce.send(new GetCostAndUsageCommand({ TimePeriod: { Start: "2026-10-15", End: "2026-11-15" }, Granularity: "DAILY", Metrics: ["UnblendedCost", "UsageQuantity"], NextPageToken, ...more }));
    results.push(...out.ResultsByTime);
    if (!(NextPageToken = out.NextPageToken)) return results;
  }
};
const byDay = await explore({});
assert.equal(byDay.length, 31);
near(byDay.reduce((n, p) => n + Number(p.Total.UnblendedCost.Amount), 0), billed("bedrock") * GAP, "Cost Explorer");
const grouped = await explore({ GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }, { Type: "DIMENSION", Key: "USAGE_TYPE" }] });
near(grouped.flatMap((p) => p.Groups).reduce((n, g) => n + Number(g.Metrics.UnblendedCost.Amount), 0), billed("bedrock") * GAP, "grouped");
assert.deepEqual([...new Set(grouped.flatMap((p) => p.Groups.map((g) => g.Keys[0])))].sort(), ["Amazon Bedrock", "Claude Opus 5.5 (Amazon Bedrock Edition)"]);
const filtered = await explore({ Filter: { Dimensions: { Key: "SERVICE", Values: ["Amazon Bedrock"] } } });
const nova = books.calls.filter((c) => c.model.startsWith("amazon.")).reduce((n, c) => n + Number(c.cost_usd), 0);
near(filtered.reduce((n, p) => n + Number(p.Total.UnblendedCost.Amount), 0), nova * GAP, "filtered");
const monthly = await explore({ Granularity: "MONTHLY" });
assert.deepEqual(monthly.map((p) => p.TimePeriod), [{ Start: "2026-10-15", End: "2026-11-01" }, { Start: "2026-11-01", End: "2026-11-15" }]);
await assert.rejects(explore({ TimePeriod: { Start: "2026-11-15", End: "2026-10-15" } }), { name: "ValidationException" });
console.log(`ok: reports: ${sales.length} sales, ${costs.length} + ${dollars.length} + ${byDay.length} days`);
