// SPDX-License-Identifier: GPL-3.0-or-later
// One record a line in, what @pydantic/genai-prices makes of it out: dollars, or null.
import { createInterface } from 'node:readline'
import { calcPrice } from '@pydantic/genai-prices'

for await (const line of createInterface({ input: process.stdin })) {
	const { provider, model, usage, at } = JSON.parse(line)
	let answer
	try {
		const price = calcPrice(usage, model, { providerId: provider, timestamp: new Date(at) })
		answer = price === null ? { none: true } : { usd: price.total_price, model: price.model.id }
	} catch (e) {
		answer = { error: String(e) }
	}
	console.log(JSON.stringify(answer))
}
