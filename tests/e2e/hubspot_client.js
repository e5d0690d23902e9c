// SPDX-License-Identifier: GPL-3.0-or-later
// node hubspot_client.js URL TOKEN SERVER STATE: with @hubspot/api-client in NODE_PATH.
const assert = require('assert')
const readline = require('readline')
const { spawn } = require('child_process')
const { openSync, writeFileSync, unlinkSync } = require('fs')
const hubspot = require('@hubspot/api-client')
const [url, token, server, state] = process.argv.slice(2)
const client = new hubspot.Client({ accessToken: token, basePath: url })
const { contacts, companies, deals, objects, associations } = client.crm
const types = hubspot.AssociationTypes
const link = (id, type) => ({ to: { id }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: type }] })

// Ours, over MCP: call(tool, arguments, key) gives the result.
function ours() {
  const secret = state + '/token'
  writeFileSync(secret, token, { mode: 0o600 })
  const child = spawn(server, ['--state', state, '--settings', JSON.stringify({ backend: 'hubspot', base_url: url })],
    { stdio: ['pipe', 'pipe', 'inherit', openSync(secret, 'r')] })
  unlinkSync(secret)
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let id = 0
  return {
    async call(name, args, key) {
      const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', ...(key ? { 'claviger/idempotency_key': key, 'claviger/task': 1 } : {}) }
      child.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: ++id, method: 'tools/call', params: { name, arguments: args, _meta } }) + '\n')
      const { result } = JSON.parse((await lines.next()).value)
      assert(!result.isError, result.content[0].text)
      return { text: result.content[0].text, ...result.structuredContent }
    },
    end() { child.stdin.end() },
  }
}

async function main() {
  // the client alone
  const company = await companies.basicApi.create({ properties: { name: 'Acme', domain: 'acme.example' }, associations: [] })
  const dana = await contacts.basicApi.create({ properties: { firstname: 'Dana', lastname: 'Example', email: 'dana@example.com' },
    associations: [link(company.id, types.contactToCompany)] })
  assert(dana.createdAt instanceof Date && dana.id && dana.properties.email === 'dana@example.com')
  await contacts.basicApi.update(dana.id, { properties: { phone: '555-1' } })
  const read = await contacts.basicApi.getById(dana.id, ['phone', 'email'], undefined, ['companies'])
  assert.strictEqual(read.properties.phone, '555-1')
  assert.strictEqual(read.associations.companies.results[0].id, company.id)
  const found = await contacts.searchApi.doSearch({ filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'dana@example.com' }] }],
    sorts: ['-createdate'], properties: ['email'], limit: 10, after: '0' })
  assert(found.total === 1 && found.results[0].id === dana.id)
  const there = await associations.v4.basicApi.getPage('contacts', dana.id, 'companies')
  assert.strictEqual(there.results[0].associationTypes[0].typeId, types.contactToCompany)
  await assert.rejects(contacts.basicApi.create({ properties: { email: 'dana@example.com' }, associations: [] }), e => e.code === 409 && /Existing ID: /.test(e.body.message))
  await assert.rejects(contacts.basicApi.getById('999'), e => e.code === 404)

  // each finds what the other made
  const s = ours()
  const text = (await s.call('get_record', { record: 'contact/' + dana.id })).text
  assert(text.includes('\nname: Dana Example\n') && text.includes(`\ncompanies: company/${company.id}\n`) && text.includes('\nphone: 555-1\n'), text)
  const deal = (await s.call('create_record', { kind: 'deal', fields: { title: 'Big', amount: '12', contact: 'contact/' + dana.id, company: 'company/' + company.id } }, 'aa')).record.split('/')[1]
  await s.call('update_record', { record: 'contact/' + dana.id, fields: { phone: '555-2' }, before: { phone: '555-1' } }, 'ab')
  await s.call('add_note', { record: 'contact/' + dana.id, text: 'said <yes>' }, 'ac')
  const big = await deals.basicApi.getById(deal, ['dealname', 'amount'], undefined, ['contacts', 'companies'])
  assert(big.properties.dealname === 'Big' && big.associations.contacts.results[0].id === dana.id && big.associations.companies.results[0].id === company.id)
  const numbers = await associations.v4.basicApi.getPage('deals', deal, 'contacts')
  assert.strictEqual(numbers.results[0].associationTypes[0].typeId, types.dealToContact)
  assert.strictEqual((await contacts.basicApi.getById(dana.id, ['phone'])).properties.phone, '555-2')
  const notes = await objects.searchApi.doSearch('notes', { filterGroups: [], properties: ['hs_note_body'], limit: 10, after: '0', sorts: [] })
  assert.strictEqual(notes.results[0].properties.hs_note_body, 'said &lt;yes&gt;')
  s.end()
}

main().catch(e => { console.error(e); process.exit(1) })
