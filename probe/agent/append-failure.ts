/** What a failed append means for the agent, by what it does next. Unknown errors are not waited for. */

/**
 * `transient`: keep the batches and try again. `too-large`: the log will never take it. `refused`: a person must mend something
 * (rights, topic, certificate), or it is a bug: the agent ends with the reason.
 */
export type AppendFailure = {
	readonly kind: 'transient' | 'too-large' | 'refused';
	readonly error: Error;
};

const kindByCode: Readonly<Record<string, AppendFailure['kind']>> = {
	'log-unavailable': 'transient',
	'record-too-large': 'too-large',
};

export function failureOf(thrown: unknown): AppendFailure {
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	return { kind: kindByCode[(error as { code?: string }).code ?? ''] ?? 'refused', error };
}
