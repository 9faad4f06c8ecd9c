/** What is wrong with bytes that do not decode. */
export type DecodeErrorCode =
	| 'too-large'
	| 'not-single-object'
	| 'unknown-schema'
	| 'truncated'
	| 'bad-varint'
	| 'bad-int'
	| 'bad-length'
	| 'bad-count'
	| 'bad-branch'
	| 'bad-enum'
	| 'bad-boolean'
	| 'trailing-bytes'
	| 'bad-body';

/** Bytes that are not what their schema says. `position` counts from the first byte of the message. */
export class DecodeError extends Error {
	readonly code: DecodeErrorCode;
	readonly position: number;

	constructor(code: DecodeErrorCode, position: number, detail: string) {
		super(`Cannot decode: ${detail} at byte ${position} (${code}).`);
		this.name = 'DecodeError';
		this.code = code;
		this.position = position;
	}
}
