/** Verifies a Lanner-Signature; `verify` is what a receiver copies. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

const ageSecondsMax = 300;

export function verify(body, header, secret, nowSeconds) {
	const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header);
	if (match === null) return false;
	const [, seconds, hex] = match;
	if (Math.abs(nowSeconds - Number(seconds)) > ageSecondsMax) return false;
	const expected = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
	return timingSafeEqual(expected, Buffer.from(hex, 'hex'));
}

const { WEBHOOK_SECRET = '', WEBHOOK_SIGNATURE = '' } = process.env;
const isValid = verify(readFileSync(0), WEBHOOK_SIGNATURE, WEBHOOK_SECRET, Date.now() / 1000);
console.log(isValid ? 'valid' : 'invalid');
