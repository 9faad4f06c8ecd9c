/**
 * Messages on a stream (RFC 6587): `LENGTH SP MSG` (octet counting; RFC 5425 wants it with TLS), or a line feed after each. Messages hold no
 * line feed of their own: every form escapes it.
 */
export type Framing = 'octet-counting' | 'newline';

export function framed(message: Buffer, framing: Framing): Buffer {
	return framing === 'newline'
		? Buffer.concat([message, Buffer.from('\n')])
		: Buffer.concat([Buffer.from(`${message.length} `), message]);
}
