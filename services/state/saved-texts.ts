/** Texts of saved state: bytes in the store, one shared Text in memory. */
import { encodeUtf8, Text } from '#schemas/text.ts';
import { emptyText } from './process.ts';

/** Equal bytes → one Text while loading, as sharing keeps hosts small. */
export class SavedTexts {
	readonly #known = new Map<string, Text>();
	of(bytes: Buffer): Text {
		return this.ofString(bytes.toString('latin1'));
	}
	ofString(value: string): Text {
		if (value === '') return emptyText;
		let text = this.#known.get(value);
		if (text === undefined) {
			text = new Text(value);
			this.#known.set(value, text);
		}
		return text;
	}
	/** From a `string` of the schema, which is text for people. */
	ofUtf8(text: string): Text {
		return this.ofString(encodeUtf8(text));
	}
}

export function toBytes(text: Text): Buffer {
	return Buffer.from(text.value, 'latin1');
}
