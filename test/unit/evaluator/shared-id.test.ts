/** Two hosts, or two probes, under one host id: told by an alert that names both, and never for one host alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluateBatch, HostView } from '#evaluator/evaluate.ts';
import { sharedIdRule } from '#evaluator/shared-id.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState, loadHost, takeChanges } from '#state/index.ts';
import { ruleSetOf } from '#test/support/evaluation.ts';
import { batch, heartbeat } from '#test/support/events.ts';

const rules = ruleSetOf(
	'- { rule: none, desc: none, condition: evt.type = openat, output: none, priority: INFO }\n',
);
const startS = 1_700_000_000;

/** A host's capture: batches of one heartbeat, at a second of the wall clock. */
type Source = {
	readonly hostName: string;
	readonly bootId: string;
	sequence: number;
	readonly producer?: 'AGENT';
};

const web1 = (): Source => ({ hostName: 'web-1', bootId: 'boot-1', sequence: 1_000 });
const web2 = (): Source => ({ hostName: 'web-2', bootId: 'boot-2', sequence: 5_000 });
/** Cloned while it ran: even the boot is the same. */
const clone = (): Source => ({ hostName: 'clone', bootId: 'boot-1', sequence: 1_000_000 });

function spoken(
	{ hostName, bootId, producer = 'CAPTURE' as never }: Source,
	sequence: number,
	second: number,
): Buffer {
	return batch([heartbeat({})], {
		...{ hostName, bootId, producer, firstSequence: sequence, baseTimeS: startS + second, baseTimeNs: 0 },
	});
}

class Evaluator {
	readonly reader = new EventReader();
	readonly alerts: Alert[] = [];
	readonly results: string[] = [];
	view = new HostView(new HostState('host'), this.reader);
	second = 0;

	/** The next batch of a source, a second later. */
	hear(source: Source): Buffer {
		const message = spoken(source, source.sequence++, ++this.second);
		this.take(message);
		return message;
	}

	take(message: Buffer): void {
		this.reader.open(message);
		const { stray, repeated } = evaluateBatch(this.reader, this.view, rules, this.alerts);
		this.results.push(stray ? 'stray' : repeated ? 'repeated' : 'evaluated');
	}

	/** Another evaluator goes on with what was saved. */
	handOver(): void {
		const changes = takeChanges(this.view.state);
		this.view = new HostView(loadHost('host', changes?.puts ?? new Map()), this.reader);
	}

	get told(): string[] {
		return this.alerts
			.filter(({ rule }) => rule === sharedIdRule)
			.map(({ output }) => /hosts=\S+/.exec(output)![0]!);
	}
}

describe('cloned images: another boot id each', () => {
	test('a boot that comes back after another is told at once, with both names', () => {
		const [evaluator, a, b] = [new Evaluator(), web1(), web2()];
		for (const source of [a, b]) evaluator.hear(source);
		assert.deepEqual(evaluator.told, [], 'until then it may have been a reboot with a new name');
		evaluator.hear(a);
		assert.deepEqual(evaluator.told, ['hosts=web-1,web-2']);
		const [alert] = evaluator.alerts;
		assert.deepEqual([alert?.priority, alert?.source, alert?.timeS], ['Critical', 'internal', startS + 3]);
	});

	test('it is said once in ten minutes, whoever evaluates', () => {
		const [evaluator, a, b] = [new Evaluator(), web1(), web2()];
		for (let i = 0; i < 20; i++) {
			evaluator.hear(a);
			evaluator.hear(b);
			if (i === 10) evaluator.handOver();
		}
		assert.equal(evaluator.told.length, 1);
		evaluator.second += 600;
		evaluator.hear(a);
		evaluator.hear(b);
		assert.equal(evaluator.told.length, 2);
	});

	test('a third and a fourth clone are recognized, too', () => {
		const evaluator = new Evaluator();
		const others = ['boot-3', 'boot-4', 'boot-5'].map((bootId) => ({ ...web1(), bootId }));
		for (const source of [web1(), web2(), ...others, web2()]) evaluator.hear(source);
		assert.equal(evaluator.told.length, 1);
	});

	test('reboots, also many, are one host', () => {
		const evaluator = new Evaluator();
		for (let boot = 0; boot < 30; boot++) {
			const source = { ...web1(), bootId: `boot-${boot}` };
			for (let i = 0; i < 3; i++) evaluator.hear(source);
		}
		assert.deepEqual(evaluator.told, []);
		assert.ok(evaluator.view.state.meta.boots.length <= 8);
	});
});

describe('one boot id: clones of a running machine, two probes on one', () => {
	test('the stream that is behind is not evaluated, counted as stray, and told once that is certain', () => {
		const [evaluator, a, b] = [new Evaluator(), web1(), clone()];
		evaluator.hear(a);
		for (let i = 0; i < 4; i++) {
			evaluator.hear(b);
			evaluator.hear(a);
		}
		assert.deepEqual(evaluator.results, [
			'evaluated',
			...Array.from({ length: 4 }, () => ['evaluated', 'stray']).flat(),
		]);
		assert.deepEqual(evaluator.told, ['hosts=web-1,clone']);
	});

	test('another evaluator goes on counting where the first stopped', () => {
		const [evaluator, a, b] = [new Evaluator(), web1(), clone()];
		evaluator.hear(a);
		for (let i = 0; i < 4; i++) {
			evaluator.hear(b);
			evaluator.handOver();
			evaluator.hear(a);
			evaluator.handOver();
		}
		assert.equal(evaluator.told.length, 1);
	});

	test('batches that are sent again are repeats, however many', () => {
		const [evaluator, a] = [new Evaluator(), web1()];
		const sent = Array.from({ length: 5 }, () => evaluator.hear(a));
		for (const message of [...sent, ...sent]) evaluator.take(message);
		assert.ok(!evaluator.results.includes('stray'));
		assert.deepEqual(evaluator.told, []);
	});

	test('a clock that was set back makes no second host of what is sent again', () => {
		const [evaluator, a] = [new Evaluator(), web1()];
		const sent = Array.from({ length: 20 }, () => evaluator.hear(a));
		evaluator.second -= 3_600;
		evaluator.hear(a);
		for (const message of sent) evaluator.take(message);
		for (let i = 0; i < 20; i++) evaluator.hear(a);
		assert.deepEqual(evaluator.told, []);
	});

	test('a batch that cannot be read does not end the evaluation', () => {
		const [evaluator, a, b] = [new Evaluator(), web1(), clone()];
		evaluator.hear(a);
		for (let i = 0; i < 4; i++) {
			evaluator.hear(b);
			const message = spoken(a, a.sequence++, ++evaluator.second);
			evaluator.take(message.subarray(0, message.length - 3));
		}
		assert.equal(evaluator.told.length, 0);
		evaluator.hear(b);
		evaluator.hear(a);
		assert.equal(evaluator.told.length, 1);
	});
});
