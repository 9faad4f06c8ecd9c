/**
 * The signature of a body: `Lanner-Signature: t=SECONDS,v1=HEX`, HEX = HMAC-SHA256 with the shared secret over the bytes `SECONDS.BODY`. BODY is
 * what was sent before compression. The time lets a receiver refuse what is old (replayed); deploy/examples/webhook-verify shows how.
 */
import { createHmac } from 'node:crypto';

export const signatureHeader = 'lanner-signature';

export function signature(body: Buffer, secret: string, nowMs: number): string {
	const seconds = Math.floor(nowMs / 1000);
	const hex = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
	return `t=${seconds},v1=${hex}`;
}
