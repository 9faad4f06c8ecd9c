/** Throw-away certificates for tests, made with openssl: an authority, and what it signs for servers and clients. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Certificate = { readonly cert: string; readonly key: string };

export type Authority = {
	/** PEM file of the authority itself. */
	readonly ca: string;
	/** A certificate for 127.0.0.1 and localhost, valid as server and client; `name` is its common name. */
	issue(name: string): Certificate;
	/** PKCS#12 files for Java: the certificate with its key, and the authority as trusted. */
	keystores(name: string): {
		readonly keystore: string;
		readonly truststore: string;
		readonly password: string;
	};
};

const password = 'changeit';

function openssl(args: readonly string[]): void {
	execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

export function createAuthority(folder: string, name = 'lanner test authority'): Authority {
	mkdirSync(folder, { recursive: true });
	const ca = join(folder, 'ca.pem');
	const caKey = join(folder, 'ca.key');
	const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
	openssl(['req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`, '-keyout', caKey, '-out', ca]);
	const issue = (subject: string): Certificate => {
		const path = (suffix: string): string => join(folder, `${subject}.${suffix}`);
		writeFileSync(path('ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
		openssl(['req', ...newKey, '-subj', `/CN=${subject}`, '-keyout', path('key'), '-out', path('csr')]);
		const signer = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', path('ext')];
		openssl(['x509', '-req', '-in', path('csr'), ...signer, '-out', path('pem')]);
		return { cert: path('pem'), key: path('key') };
	};
	return {
		ca,
		issue,
		keystores(subject) {
			const { cert, key } = issue(subject);
			const keystore = join(folder, `${subject}.p12`);
			const truststore = join(folder, `${subject}-trust.p12`);
			openssl([
				...['pkcs12', '-export', '-in', cert, '-inkey', key, '-certfile', ca],
				...['-name', subject, '-passout', `pass:${password}`, '-out', keystore],
			]);
			const store = ['-keystore', truststore, '-storetype', 'PKCS12', '-storepass', password];
			execFileSync('keytool', ['-importcert', '-noprompt', '-alias', 'ca', '-file', ca, ...store], {
				stdio: 'ignore',
			});
			return { keystore, truststore, password };
		},
	};
}
