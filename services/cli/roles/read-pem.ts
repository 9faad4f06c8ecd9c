/** The PEM files of a `tls` section, read once at the start. */
import { readFileSync } from 'node:fs';
import type { TlsConfig } from '#platform/config/index.ts';
import { FailureError } from '../command.ts';

export type Pem = {
	readonly ca?: string;
	readonly cert?: string;
	readonly key?: string;
	readonly serverName?: string;
};

/** `section`: for the message when a file cannot be read. */
export function readPem({ caFile, certFile, keyFile, serverName }: TlsConfig, section: string): Pem {
	const read = (option: string, file: string): string => readPemFile(file, `${section}.${option}`);
	return {
		...(caFile === null ? {} : { ca: read('caFile', caFile) }),
		...(certFile === null ? {} : { cert: read('certFile', certFile) }),
		...(keyFile === null ? {} : { key: read('keyFile', keyFile) }),
		...(serverName === null ? {} : { serverName }),
	};
}

/** `option`: its name in lanner.yaml, for the message when it cannot be read. */
export function readPemFile(file: string, option: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw new FailureError(
			`${option} cannot be read: ${(error as Error).message}`,
			'check the path, and that this user may read it',
		);
	}
}
