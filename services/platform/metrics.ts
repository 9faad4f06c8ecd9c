/**
 * Counters and gauges by name and labels. Written here, because it is forty lines and the roles need no more; names are
 * Prometheus' (`lanner_sink_alerts_delivered_total{output="stdout"}`), and `render` gives its text format. Label values
 * come from closed sets (configuration, code), never from events, so the number of series is bounded.
 */

export type Labels = Readonly<Record<string, string>>;
export type MetricKind = 'counter' | 'gauge';

const namePattern = /^lanner_[a-z0-9_]+$/;

export class Metrics {
	readonly #kinds = new Map<string, MetricKind>();
	readonly #values = new Map<string, Map<string, number>>();

	/** Adds to a counter; its name ends in `_total`. */
	add(name: string, labels: Labels = {}, amount = 1): void {
		const series = this.#series(name, 'counter');
		const key = labelText(labels);
		series.set(key, (series.get(key) ?? 0) + amount);
	}

	set(name: string, value: number, labels: Labels = {}): void {
		this.#series(name, 'gauge').set(labelText(labels), value);
	}

	get(name: string, labels: Labels = {}): number {
		return this.#values.get(name)?.get(labelText(labels)) ?? 0;
	}

	/** Prometheus' text exposition format. */
	render(): string {
		const lines: string[] = [];
		for (const [name, series] of this.#values) {
			lines.push(`# TYPE ${name} ${this.#kinds.get(name)}`);
			for (const [labels, value] of series) lines.push(`${name}${labels} ${value}`);
		}
		return lines.map((line) => `${line}\n`).join('');
	}

	#series(name: string, kind: MetricKind): Map<string, number> {
		const known = this.#kinds.get(name);
		if (known === undefined) {
			const fits = namePattern.test(name) && name.endsWith('_total') === (kind === 'counter');
			if (!fits) throw new Error(`${name} is no name for a ${kind}`);
			this.#kinds.set(name, kind);
			this.#values.set(name, new Map());
		} else if (known !== kind) throw new Error(`${name} is a ${known}, not a ${kind}`);
		return this.#values.get(name)!;
	}
}

function labelText(labels: Labels): string {
	const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
	if (entries.length === 0) return '';
	const escaped = (value: string): string =>
		value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
	return `{${entries.map(([key, value]) => `${key}="${escaped(value)}"`).join(',')}}`;
}
