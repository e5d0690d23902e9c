// SPDX-License-Identifier: GPL-3.0-or-later
// AWS's own JavaScript libraries against our signer and our parser of event streams.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { SignatureV4 } from "@smithy/signature-v4";
import { Sha256 } from "@aws-crypto/sha256-js";
import { EventStreamCodec } from "@smithy/eventstream-codec";

const count = Number(process.env.COUNT ?? 100);
let seed = Number(process.env.SEED ?? 4);
const random = (n) => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return Math.floor((seed / 0x80000000) * n); };
const pick = (list) => list[random(list.length)];
const word = (alphabet, n) => Array.from({ length: n }, () => pick(alphabet)).join("");
const plain = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-._~";
const wild = [...plain, ":", "/", " ", "%", "+", "=", "&", "é", "$", "'", "(", "*", "!"];

const lines = [], wanted = [];
for (let i = 0; i < count; i++) {
  const model = word(wild, 1 + random(30));
  // never "." or ".." as a whole segment: those are folded, and have cases of their own
  const path = `/model/m${encodeURIComponent(model).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase())}/converse${pick(["", "-stream"])}`;
  const query = {};
  for (let k = random(4); k > 0; k--) query[word(plain, 1 + random(6))] = word(wild, random(8));
  const escape = (s) => encodeURIComponent(s).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
  const search = Object.entries(query).map(([k, v]) => `${escape(k)}=${escape(v)}`).join("&");
  const headers = { host: `bedrock-runtime.${pick(["us-east-1", "eu-west-3"])}.amazonaws.com`, "content-type": "application/json" };
  for (let k = random(4); k > 0; k--) headers[`x-${word("abcdefg-z", 1 + random(9))}q`] = word(["a", "B", " ", "  ", "7", ",", ";"], 1 + random(12)) + "x";
  if (random(3) === 0) headers["user-agent"] = "changes on the way";
  const body = random(4) === 0 ? "" : JSON.stringify({ text: word(wild, random(200)) });
  const credentials = { accessKeyId: "AKIA" + word("ABCDEFGH234567", 16), secretAccessKey: word([...plain, "/", "+"], 40) };
  if (random(2)) credentials.sessionToken = word([...plain, "/", "+", "="], 120);
  const region = pick(["us-east-1", "eu-west-3", "ap-south-1"]), service = pick(["bedrock", "bedrock-mantle", "ce"]), method = pick(["POST", "GET"]);
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: random(2) === 1 });
  const date = new Date(Date.UTC(2026, random(12), 1 + random(28), random(24), random(60), random(60)));
  const signed = await signer.sign({ method, protocol: "https:", hostname: headers.host, path, query, headers: { ...headers }, body }, { signingDate: date });
  const { authorization, ...rest } = signed.headers;
  lines.push(JSON.stringify({ sign: { method, target: path + (search ? "?" + search : ""), body, region, service, time: rest["x-amz-date"], id: credentials.accessKeyId,
    secret: credentials.secretAccessKey, headers: rest } }));
  wanted.push(authorization);
}

const codec = new EventStreamCodec((b) => Buffer.from(b).toString("utf8"), (s) => new Uint8Array(Buffer.from(s, "utf8")));
for (let i = 0; i < count; i++) {
  const text = word(wild, 1 + random(60)), number = random(1 << 30) - (1 << 29), body = Buffer.from(word(wild, random(400)));
  const bytes = codec.encode({ headers: { ":event-type": { type: "string", value: text }, n: { type: "integer", value: number }, yes: { type: "boolean", value: true } }, body });
  lines.push(JSON.stringify({ decode: Buffer.from(bytes).toString("hex") }));
  wanted.push({ ":event-type": text, n: number, yes: 1, payload: body.toString("hex") });
}

const answers = execFileSync(process.env.ORACLE, { input: lines.join("\n") + "\n", maxBuffer: 1 << 28 }).toString("utf8").trimEnd().split("\n");
assert.equal(answers.length, wanted.length);
for (let i = 0; i < wanted.length; i++)
  if (typeof wanted[i] === "string") assert.equal(answers[i], wanted[i], lines[i]);
  else assert.deepEqual(JSON.parse(answers[i]), wanted[i]);
console.log(`ok: ${count} signatures and ${count} messages`);
