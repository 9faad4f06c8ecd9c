/**
 * Runs inputs until it is killed or its watcher is gone. `worker.ts STATE-FILE WATCHER SEED TARGET…`: before an input runs, its number, target and text are
 * in the state file, so that the watcher knows what a worker died of. A finding and each growth of the corpus are lines on
 * standard output.
 */
import { openSync, writeSync } from 'node:fs';
import { createRandom } from '../support/slot-events.ts';
import { startingCorpus } from './corpus.ts';
import { mutate, pick } from './mutate.ts';
import { targets } from './targets.ts';

/** Larger ones are tested by hand: what breaks parsers is shape. */
const inputCharsMax = 48_000;
const corpusMax = 4_000;
const corpusCharsMax = 8_000;

/** Fixed size, so that a reader never sees half a number. */
export const stateHeaderBytes = 64;

function runInputs(stateFile: string, watcher: number, seed: number, names: readonly string[]): void {
	const state = openSync(stateFile, 'w+');
	const random = createRandom(seed);
	const corpora = new Map(names.map((name) => [name, startingCorpus(name)]));
	const seen = new Set<string>();
	for (let number = 1; process.ppid === watcher; number++) {
		const name = pick(names, random);
		const corpus = corpora.get(name) as string[];
		const text = mutate(pick(corpus, random), corpus, random, inputCharsMax);
		writeSync(state, `${number} ${name} ${Buffer.byteLength(text)}`.padEnd(stateHeaderBytes) + text, 0);
		try {
			const kinds = (targets[name] as (text: string) => readonly string[])(text);
			const isNew =
				kinds.filter((kind) => !seen.has(`${name} ${kind}`)).map((kind) => seen.add(`${name} ${kind}`))
					.length > 0;
			if (isNew && corpus.length < corpusMax && text.length <= corpusCharsMax) corpus.push(text);
		} catch (error) {
			const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
			process.stdout.write(`${JSON.stringify({ finding: stack.slice(0, 1500), name, text })}\n`);
		}
	}
}

const [stateFile, watcher, seed, ...names] = process.argv.slice(2);
if (stateFile !== undefined) runInputs(stateFile, Number(watcher), Number(seed), names);
