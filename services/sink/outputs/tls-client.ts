/** TLS as a client, for every output that has it: files are read at each connection, so that renewed certificates are found. */
import { readFile } from 'node:fs/promises';
import type { SecureVersion } from 'node:tls';
import type { DeliveryResult } from '../output.ts';
import { retryBecause } from '../output.ts';

export type TlsClientConfig = {
	/** PEM of the trusted authorities; null = those of Node. */
	readonly caFile: string | null;
	readonly certFile: string | null;
	readonly keyFile: string | null;
	/** Name the certificate must carry; null = the host that is spoken to. */
	readonly serverName: string | null;
	readonly minVersion: SecureVersion;
};

export type TlsMaterial = {
	readonly ca?: Buffer;
	readonly cert?: Buffer;
	readonly key?: Buffer;
	readonly servername?: string;
	readonly minVersion: SecureVersion;
	readonly rejectUnauthorized: true;
};

export async function readTlsMaterial({
	caFile,
	certFile,
	keyFile,
	serverName,
	minVersion,
}: TlsClientConfig): Promise<TlsMaterial> {
	const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map(pem));
	return {
		...(ca && { ca }),
		...(cert && { cert }),
		...(key && { key }),
		...(serverName !== null && { servername: serverName }),
		minVersion,
		rejectUnauthorized: true,
	};
}

async function pem(path: string | null): Promise<Buffer | undefined> {
	if (path === null) return undefined;
	try {
		return await readFile(path);
	} catch (error) {
		throw Object.assign(
			new Error(`the PEM file ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`),
			{
				code: 'TLS_FILE_UNREADABLE',
			},
		);
	}
}

/**
 * Errors that no retry mends: certificates that are not trusted, expired or for another name (OpenSSL's X509 codes as Node names them), ours
 * refused by the peer's alert, no common version, files that are not there.
 */
const settingsCodes =
	/^(ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|TLS_FILE_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|ERR_OSSL_|ERR_SSL_.*(ALERT|CERT|PROTOCOL|VERSION|CA|HANDSHAKE_FAILURE))/;

/** A failure of a connection as a result: `blocked` when our TLS settings (or the peer's) must be mended, else `retry`. */
export function connectionFailure(
	error: unknown,
	what: string,
): Extract<DeliveryResult, { kind: 'retry' | 'blocked' }> {
	const failure = retryBecause(error, what) as Extract<DeliveryResult, { kind: 'retry' }>;
	const code = failure.code.replace(/^output-/, '').toUpperCase();
	return settingsCodes.test(code) ? { kind: 'blocked', code: failure.code, reason: failure.reason } : failure;
}
