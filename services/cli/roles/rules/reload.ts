/**
 * The rules a role runs, while their files change.
 *
 *   in force ──change──▶ reading ──▶ loading (in steps) ──▶ compiling (in steps) ──▶ in force, new
 *       ▲                   └───────────────┴── error ──▶ the old ones stay in force; every diagnostic is logged
 *       └── same contents as the last attempt: nothing happens
 *
 * Atomic: whoever evaluates asks `current` once per read and gets one whole rule set; the new one is handed out only when it is
 * complete and compiled for every event type it can match. The thread is given back at least every `sliceMs`, so that thousands of rules
 * do not stop the events. Changes during a reload lead to one more after it. Rules that would leave nothing enabled are refused: an
 * editor that empties the file first must not switch detection off.
 */
import { createHash } from 'node:crypto';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { LoadResult, RulesFile } from '#rules/load/index.ts';
import type { Steps } from '#rules/steps.ts';
import { FailureError } from '../../command.ts';
import { readRulesFiles, shippedRulesFolder } from '../../commands/rules/files.ts';
import { watchFiles } from '../watch-files.ts';
import { errorsOf, type RulesInForce, type RulesOptions, rulesInSteps } from './in-force.ts';

export type ReloadResult = 'loaded' | 'refused' | 'unchanged';

export type LiveRulesOptions = RulesOptions & {
	/** Folder of the checkout or package: where the rules are when no path is given. */
	readonly root: string;
	readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
	readonly metrics: Metrics;
	/** Wall clock, for the metric of the last reload. */
	readonly now: () => number;
	/** New rules are about to be in force: what they need (the probe's interest) is asked for before they are. */
	readonly onChange?: (rules: RulesInForce) => void;
	readonly quietMs?: number;
	readonly pollMs?: number;
};

/** Longest time without giving the thread back, but for single steps (see `RuleSet.prepare`). */
const sliceMs = 5;
/** Told in full; the rest is a number. */
const problemsMax = 100;
const namesMax = 20;

export class LiveRules {
	readonly #options: LiveRulesOptions;
	#current: RulesInForce;
	/** Digest of the contents of the last attempt, loaded or refused. */
	#tried: string;
	#running: Promise<ReloadResult> | null = null;
	#again = false;
	#stop = false;

	/** `files`: what `initial` was made of. */
	constructor(initial: RulesInForce, options: LiveRulesOptions) {
		this.#options = options;
		this.#current = initial;
		this.#tried = digestOf(initial.files);
		const { metrics } = options;
		for (const result of ['loaded', 'refused', 'unchanged'] as const)
			metrics.add('lanner_rules_reloads_total', { result }, 0);
		this.#tell();
		metrics.set('lanner_rules_last_reload_successful', 1);
		metrics.onCollect(() => this.#tellAsked());
	}

	get current(): RulesInForce {
		return this.#current;
	}

	/** Watches until the signal is aborted. */
	watch(signal: AbortSignal): void {
		const { paths, root, logger, quietMs, pollMs } = this.#options;
		const stop = watchFiles({
			paths: paths.length === 0 ? [shippedRulesFolder(root)] : paths,
			onChange: () => void this.reload(),
			onProblem: (error, folder) =>
				logger.warn({ err: error, folder }, 'changes of rules there are seen a few seconds later'),
			...(quietMs === undefined ? {} : { quietMs }),
			...(pollMs === undefined ? {} : { pollMs }),
		});
		const end = (): void => {
			this.#stop = true;
			stop();
		};
		if (signal.aborted) end();
		else signal.addEventListener('abort', end, { once: true });
	}

	/** `force`: also when the contents are those of the last attempt (a person asks and wants an answer). Never rejects. */
	async reload({ force = false }: { readonly force?: boolean } = {}): Promise<ReloadResult> {
		if (this.#running !== null) {
			this.#again = true;
			return this.#running;
		}
		this.#running = this.#attempt(force);
		const result = await this.#running;
		this.#running = null;
		if (!this.#again || this.#stop) return result;
		this.#again = false;
		return this.reload();
	}

	async #attempt(force: boolean): Promise<ReloadResult> {
		const { paths, root, logger, onChange } = this.#options;
		try {
			const files = readRulesFiles(paths, root);
			const digest = digestOf(files);
			if (digest === this.#tried && !force) return this.#count('unchanged');
			this.#tried = digest;
			const startedMs = performance.now();
			const { rules, loaded } = await this.#inTurns(
				rulesInSteps(files, this.#options, this.#current.ruleSet.compiledTypes()),
			);
			if (rules === null) return this.#refuse(problemsOf(loaded));
			if (rules.ruleSet.rules.length === 0) return this.#refuse(['no rule of the files is enabled']);
			onChange?.(rules);
			const before = this.#current;
			this.#current = rules;
			this.#tell();
			const result = this.#count('loaded');
			logger.info(
				{ ...difference(before, rules), seconds: seconds(performance.now() - startedMs) },
				'changed rules are in force',
			);
			return result;
		} catch (error) {
			// Cannot be read: another look at the same contents is worth it once they can.
			if (!(error instanceof FailureError)) throw error;
			this.#tried = '';
			return this.#refuse([error.message]);
		}
	}

	/** One step after another; others get the thread at least every `sliceMs`. */
	async #inTurns<T>(steps: Steps<T>): Promise<T> {
		let begin = performance.now();
		for (;;) {
			const { done, value } = steps.next();
			if (done === true) return value;
			if (performance.now() - begin < sliceMs) continue;
			await turnOfTheLoop();
			begin = performance.now();
		}
	}

	#refuse(problems: readonly string[]): ReloadResult {
		const result = this.#count('refused');
		this.#options.logger.error(
			{
				rules: this.#current.ruleSet.rules.length,
				errors: problems.length,
				problems: problems.slice(0, problemsMax),
			},
			'the changed rules cannot be used; the old ones stay in force until the files are mended (see: lanner rules check)',
		);
		return result;
	}

	#count(result: ReloadResult): ReloadResult {
		const { metrics } = this.#options;
		metrics.add('lanner_rules_reloads_total', { result });
		if (result !== 'unchanged')
			metrics.set('lanner_rules_last_reload_successful', result === 'loaded' ? 1 : 0);
		return result;
	}

	/** Which rule costs what; begins anew with a reload. */
	#tellAsked(): void {
		const { ruleSet } = this.#current;
		for (const [index, times] of (ruleSet.asked() ?? []).entries())
			if (times > 0)
				this.#options.metrics.follow('lanner_evaluator_rule_evaluations_total', times, {
					rule: ruleSet.rules[index]!.name,
				});
	}

	#tell(): void {
		const { metrics, now } = this.#options;
		metrics.set('lanner_rules_loaded', this.#current.ruleSet.rules.length);
		metrics.set('lanner_rules_loaded_timestamp_seconds', Math.floor(now() / 1000));
	}
}

function problemsOf(loaded: LoadResult): string[] {
	const said = errorsOf(loaded).map(
		({ code, message, hint, file, line, column }) =>
			`${file}:${line}:${column}: ${message} [${code}]${hint === '' ? '' : ` (${hint})`}`,
	);
	return [...said, ...loaded.pluginProblems];
}

function digestOf(files: readonly RulesFile[]): string {
	const hash = createHash('sha256');
	for (const { name, content } of files) hash.update(`${name}\0${content.length}\0`).update(content);
	return hash.digest('hex');
}

/** By name and digest: what alerts will carry from now on. */
function difference(before: RulesInForce, after: RulesInForce): Record<string, unknown> {
	const [old, now] = [digestsByName(before), digestsByName(after)];
	const added = [...now.keys()].filter((name) => !old.has(name));
	const removed = [...old.keys()].filter((name) => !now.has(name));
	const changed = [...now].filter(([name, digest]) => old.has(name) && old.get(name) !== digest);
	const shown = (names: readonly string[]): readonly string[] | number =>
		names.length <= namesMax ? names : names.length;
	return {
		rules: after.ruleSet.rules.length,
		added: shown(added),
		removed: shown(removed),
		changed: shown(changed.map(([name]) => name)),
	};
}

function digestsByName({ ruleSet }: RulesInForce): Map<string, string> {
	return new Map(ruleSet.rules.map(({ name }, index) => [name, ruleSet.digest(index)]));
}

function seconds(ms: number): number {
	return Number((ms / 1000).toFixed(3));
}
