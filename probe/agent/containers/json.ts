/** A JSON value from outside, read member by member without trusting its shape. */
export class Json {
	readonly #members: Readonly<Record<string, unknown>>;

	constructor(value: unknown) {
		this.#members = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
	}

	keys(): string[] {
		return Object.keys(this.#members);
	}
	text(key: string): string {
		const value = this.#members[key];
		return typeof value === 'string' ? value : '';
	}
	number(key: string): number {
		const value = this.#members[key];
		return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
	}
	flag(key: string): boolean | null {
		const value = this.#members[key];
		return typeof value === 'boolean' ? value : null;
	}
	object(key: string): Json {
		return new Json(this.#members[key]);
	}
	texts(key: string): string[] {
		const value = this.#members[key];
		return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
	}
	list(key: string): Json[] {
		const value = this.#members[key];
		return Array.isArray(value) ? value.map((item) => new Json(item)) : [];
	}
}
